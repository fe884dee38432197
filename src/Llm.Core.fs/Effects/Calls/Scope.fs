// What a chain hands down to its steps: changes of their models, the name to go by, the budgets that pay, the trace that is written, the
// clock. Made by Call and Llm; read where a model is asked.
namespace Llm.Core

open System

/// A change of the model that a step asks.
[<NoComparison; NoEquality>]
type internal Adaptation =
    {
        Apply: Model -> Model
        /// Whether only the call that gives the chain's answer changes, and not those before it.
        IsForAnswer: bool
        /// What another face of the library made it from.
        Origin: obj
    }

/// What was set aside for a call.
[<NoComparison; NoEquality>]
type internal Reservation =
    {
        /// The call is done: what it cost is counted. An error when that was more than there was.
        Settle: Result<Response, LlmError> -> Result<unit, LlmError>
        /// Nobody knows what became of the call: what was set aside counts as spent.
        Abandon: unit -> unit
        /// The call was not made.
        Release: unit -> unit
    }

/// Who pays.
[<NoComparison; NoEquality>]
type internal Ledger = { Reserve: Model -> Message list -> Result<Reservation, LlmError> }

[<NoComparison; NoEquality>]
type internal Scope =
    {
        /// The innermost first; the outermost has the last word.
        Adaptations: Adaptation list
        /// Is told which model gave the answer.
        Answered: Model -> unit
        /// The name that the next call goes by.
        Label: string option
        Budgets: Ledger list
        /// Null where nothing is recorded.
        Recorder: Recorder
        Time: TimeProvider
        /// A number from 0 to 1.
        Chance: unit -> float
    }

[<RequireQualifiedAccess>]
module internal Scope =
    let root: Scope =
        {
            Adaptations = []
            Answered = ignore
            Label = None
            Budgets = []
            Recorder = null
            Time = TimeProvider.System
            Chance = Random.Shared.NextDouble
        }

    /// For a step that does not give the answer.
    let forStep (scope: Scope) : Scope =
        match scope.Adaptations with
        | [] -> { scope with Answered = ignore; Label = None }
        | adaptations ->
            { scope with
                Adaptations = adaptations |> List.filter (fun adaptation -> not adaptation.IsForAnswer)
                Answered = ignore
                Label = None
            }

    let unlabelled (scope: Scope) : Scope = if scope.Label.IsNone then scope else { scope with Label = None }

    let adapted (adaptation: Adaptation) (scope: Scope) : Scope = { scope with Adaptations = adaptation :: scope.Adaptations }

    /// The model as all who asked for a change want it.
    let model (scope: Scope) (model: Model) : Model =
        (model, scope.Adaptations) ||> List.fold (fun model adaptation -> adaptation.Apply model)

    /// A scope for each branch.
    let branches (count: int) (scope: Scope) : Scope[] =
        let plain = unlabelled scope

        if isNull plain.Recorder then
            Array.create count plain
        else
            plain.Recorder.Branches count |> Array.map (fun recorder -> { plain with Recorder = recorder })
