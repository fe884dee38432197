// A wait that a test ends by hand, and that allocates nothing itself: for tests of what waits cost.
namespace Llm.Core.Tests

open System.Threading.Tasks
open System.Threading.Tasks.Sources

/// One waits at a time, and it rings once for each wait.
[<Sealed>]
type Bell<'value>() =
    let mutable source = ManualResetValueTaskSourceCore<'value>()

    member this.Wait() : ValueTask<'value> =
        source.Reset()
        ValueTask<'value>(this, source.Version)

    member _.Ring(value: 'value) : unit = source.SetResult value

    interface IValueTaskSource<'value> with
        member _.GetResult token = source.GetResult token
        member _.GetStatus token = source.GetStatus token
        member _.OnCompleted(continuation, state, token, flags) = source.OnCompleted(continuation, state, token, flags)
