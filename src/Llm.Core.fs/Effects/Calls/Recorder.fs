// Writes down what happens in a chain while it runs, for Call.trace. Branches that run at once write into lists of their own, so that the
// order in the tree is that of the branches, whichever was quicker.
namespace Llm.Core

open System
open System.Collections
open System.Collections.Generic
open System.Runtime.CompilerServices

/// What a recorder holds: a step, or the recorder of a branch.
[<RequireQualifiedAccess>]
type internal RecorderEntry =
    | Step of StepRecord
    | Branch of Recorder

/// A list of steps that grows.
and [<Sealed; AllowNullLiteral>] internal Recorder(costOf: Response -> AnyMoney option, show: obj -> string) =
    let entries = List<RecorderEntry>()

    member _.CostOf = costOf

    /// A value as the tree shows it.
    member _.Show(value: obj) : string = show value

    /// Recorders of branches, in their order.
    member _.Branches(count: int) : Recorder[] =
        let branches = Array.init count (fun _ -> Recorder(costOf, show))
        lock entries (fun () -> branches |> Array.iter (fun branch -> entries.Add(RecorderEntry.Branch branch)))
        branches

    /// A step that begins now.
    member _.Begin(time: TimeProvider, name: string, input: string) : StepRecord =
        let step = StepRecord(name, input, time, Recorder(costOf, show))
        lock entries (fun () -> entries.Add(RecorderEntry.Step step))
        step

    /// The steps as they are now; one that goes on still counts as cancelled.
    member _.Steps() : TraceStep list =
        lock entries (fun () -> List.ofSeq entries)
        |> List.collect (fun entry ->
            match entry with
            | RecorderEntry.Step step -> [ step.ToStep() ]
            | RecorderEntry.Branch branch -> branch.Steps())

/// A step that goes on, or is done.
and [<Sealed>] internal StepRecord(name: string, input: string, time: TimeProvider, children: Recorder) =
    let start = time.GetUtcNow()
    let timestamp = time.GetTimestamp()
    let gate = obj ()
    let mutable ending: (StepEnd * TimeSpan) option = None
    let mutable output: string option = None
    let mutable sent: (string * Prompt) option = None
    let mutable answer: Response option = None
    let mutable used: Usage option = None

    let close how said =
        lock gate (fun () ->
            if ending.IsNone then
                ending <- Some(how, time.GetElapsedTime timestamp)
                output <- said)

    member _.Children = children

    /// What is sent to which model.
    member _.Sent(modelId: string, prompt: Prompt) : unit = lock gate (fun () -> sent <- Some(modelId, prompt))

    /// What the model answered, whatever becomes of it.
    member _.Answered(response: Response) : unit = lock gate (fun () -> answer <- Some response)

    /// A group's output is what it gives.
    member _.Succeed(said: string) : unit = close StepEnd.Succeeded (Some said)

    /// A call's output is what the model answered.
    member _.Succeed() : unit = close StepEnd.Succeeded (answer |> Option.map Response.pretty)

    member _.Fail(error: LlmError) : unit =
        match error with
        | LlmError.Cancelled _ -> close StepEnd.Cancelled None
        | _ -> close (StepEnd.Failed error) (answer |> Option.map Response.pretty)

    /// As its stream ended; of one that broke off, with what came.
    member this.End(provider: string, ending: StreamEnd) : unit =
        match ending with
        | StreamEnd.Complete response ->
            if sent.IsSome then this.Answered response

            close StepEnd.Succeeded (Some(Response.pretty response))
        | StreamEnd.Truncated partial
        | StreamEnd.Failed(partial, _)
        | StreamEnd.Cancelled partial ->
            let how =
                match StreamEnd.toResult provider ending with
                | Error(LlmError.Cancelled _) -> StepEnd.Cancelled
                | Error error -> StepEnd.Failed error
                | Ok _ -> StepEnd.Succeeded

            lock gate (fun () -> if sent.IsSome then used <- partial.Usage)
            close how (Some(Content.pretty partial.Content))

    member _.Throw(failure: exn) : unit =
        match failure with
        | :? OperationCanceledException -> close StepEnd.Cancelled None
        | _ -> close (StepEnd.Threw failure.Message) None

    member _.ToStep() : TraceStep =
        lock gate (fun () ->
            let how, elapsed = ending |> Option.defaultWith (fun () -> StepEnd.Cancelled, time.GetElapsedTime timestamp)

            {
                Name = name
                ModelId = sent |> Option.map fst
                Input = input
                Output = output
                Messages = sent |> Option.map (fun (_, prompt) -> prompt.Messages) |> Option.defaultValue []
                Fields = sent |> Option.map (fun (_, prompt) -> prompt.Fields) |> Option.defaultValue []
                Usage = answer |> Option.bind _.Usage |> Option.orElse used
                Cost = answer |> Option.bind children.CostOf
                Start = start
                Elapsed = elapsed
                End = how
                Children = children.Steps()
            })

/// What says itself how it looks in a trace.
type internal IShown =
    abstract Shown: string

/// How inputs and outputs look in a trace.
[<RequireQualifiedAccess>]
module internal Shown =
    /// Texts as they are, answers by their text, several by each, the rest as JSON where it has a form in JSON, else as it prints.
    let rec textWith (special: obj -> string option) (value: obj) : string =
        match special value with
        | Some shown -> shown
        | None -> plain special value

    /// What is only looked at must not break the call: a value that holds itself, or whose properties throw, is shown as it prints.
    and private encoded (shape: Shape) (value: obj) : string =
        try
            Json.text (Shape.encode value shape)
        with _ ->
            string value

    and private plain (special: obj -> string option) (value: obj) : string =
        let text = textWith special

        match value with
        | null -> ""
        | :? string as said -> said
        | :? IShown as shown -> shown.Shown
        | :? Response as response -> Response.pretty response
        | :? ToolLoopRun as run -> Response.pretty run.Response
        | :? Json as json -> Json.text json
        | :? IConvertible
        | :? Secret -> string value
        | :? ITuple as tuple -> List.init tuple.Length (fun index -> text tuple[index]) |> String.concat ", "
        | value ->
            match value, Shapes.tryOf (value.GetType()) with
            | _, Ok shape -> encoded shape value
            | (:? IEnumerable as items), Error _ -> items |> Seq.cast<obj> |> Seq.map text |> String.concat ", "
            | _, Error _ -> string value

    /// As this face of the library shows it.
    let text (value: obj) : string = textWith (fun _ -> None) value
