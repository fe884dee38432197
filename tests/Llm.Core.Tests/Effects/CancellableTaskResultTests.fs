// The computation expression: the token goes to every step, the first error ends it, resources are disposed of.
module Llm.Core.Tests.CancellableTaskResultTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private giving (value: 'value) : CancellableTaskResult<'value, string> = fun _ -> Task.FromResult(Ok value)

[<Test>]
let ``steps run one after the other`` () : Task = task {
    let work = cancellableTaskResult {
        let! one = giving 1
        let! two = Ok 2
        return one + two
    }

    let! result = work CancellationToken.None
    Expect.equal (Ok 3) result
}

[<Test>]
let ``nothing runs before there is a token, and all of it again for the next`` () : Task = task {
    let mutable runs = 0

    let work: CancellableTaskResult<int, string> = cancellableTaskResult {
        runs <- runs + 1
        return runs
    }

    Expect.equal 0 runs
    let! first = work CancellationToken.None
    let! second = work CancellationToken.None
    Expect.equal (Ok 1, Ok 2) (first, second)
}

[<Test>]
let ``the first error ends it`` () : Task = task {
    let mutable went = false

    let work = cancellableTaskResult {
        let! _ = giving 1
        do! Error "stop"
        went <- true
        return 1
    }

    let! result = work CancellationToken.None
    Expect.equal (Error "stop", false) (result, went)
}

[<Test>]
let ``every step is given the token`` () : Task = task {
    use source = new CancellationTokenSource()
    let token: CancellableTaskResult<CancellationToken, string> = fun cancellationToken -> Task.FromResult(Ok cancellationToken)

    let work = cancellableTaskResult {
        let! first = token
        let! second = token
        return first = source.Token && second = source.Token
    }

    let! result = work source.Token
    Expect.equal (Ok true) result
}

[<Test>]
let ``a resource is disposed of, even after an error`` () : Task = task {
    let mutable disposed = 0

    let resource () =
        { new IDisposable with
            member _.Dispose() = disposed <- disposed + 1
        }

    let work (step: Result<unit, string>) = cancellableTaskResult {
        use _ = resource ()
        do! step
        return ()
    }

    let! _ = work (Ok()) CancellationToken.None
    let! _ = work (Error "no") CancellationToken.None
    Expect.equal 2 disposed
}

[<Test>]
let ``a stream is disposed of`` () : Task = task {
    let feed = new Feed()

    let opening: CancellableTaskResult<StreamResponse, LlmError> =
        fun cancellationToken -> Fake.model Fake.hello (Feed.answering 200 feed) |> Model.stream Fake.question cancellationToken

    let work = cancellableTaskResult {
        use! stream = opening
        return stream.Provider
    }

    let! result = work CancellationToken.None
    Expect.equal (Ok "fake") result
    do! Expect.soon feed.Disposed
}
