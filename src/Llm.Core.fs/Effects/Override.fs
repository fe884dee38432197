// Another model for all calls within a scope: what flows beside the arguments, along tasks and awaits, and nothing else of a call does.
// Entered and read by the model and by the facade; knows no provider.
namespace Llm.Core

open System
open System.Threading

/// What takes the place of a call's model, parameters and, where it has one of its own, client. The facade derives its own from it.
type internal Override(modelId: string, parameters: Params, client: Client option) =
    member _.ModelId = modelId
    member _.Params = parameters
    member _.Client = client

/// The overrides that are in force, the innermost first. Each flow of execution has its own list, and a list never changes: what a callee
/// enters its caller does not see, and a task keeps what was in force when it was started.
[<RequireQualifiedAccess>]
module internal Override =
    [<NoComparison; ReferenceEquality>]
    type private Entry = { Override: Override }

    let private entries = AsyncLocal<Entry list>()

    let private inForce () : Entry list = entries.Value |> Option.ofObj<Entry list> |> Option.defaultValue []

    /// The innermost one.
    let current () : Override option = inForce () |> List.tryHead |> Option.map (fun entry -> entry.Override)

    /// Puts one in force until the result is disposed of: that one, whatever the order, and once however often.
    let enter (entered: Override) : IDisposable =
        let own = { Override = entered }
        entries.Value <- own :: inForce ()

        { new IDisposable with
            member _.Dispose() = entries.Value <- inForce () |> List.filter (fun entry -> entry <> own)
        }
