// Where a call goes on after a wait: nothing of the library's own work is handed back to a user interface's thread, which may be waiting
// for it; what the caller gave to be called is.
module Llm.Core.Tests.ContextTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

/// A user interface's context: it counts what it is handed, and runs it.
[<Sealed>]
type private CountingContext() =
    inherit SynchronizationContext()
    let mutable posts = 0

    member _.Posts = Volatile.Read &posts

    override this.Post(callback, state) =
        Interlocked.Increment &posts |> ignore

        ThreadPool.QueueUserWorkItem(fun _ ->
            SynchronizationContext.SetSynchronizationContext this
            callback.Invoke state
            SynchronizationContext.SetSynchronizationContext null)
        |> ignore

/// Starts work as a handler of a user interface would, and gives its result and what the context was handed.
let private within (start: unit -> Task<'result>) : Task<struct ('result * CountingContext)> =
    let context = CountingContext()
    SynchronizationContext.SetSynchronizationContext context

    let work =
        try
            start ()
        finally
            SynchronizationContext.SetSynchronizationContext null

    task {
        let! result = work
        return struct (result, context)
    }

let private events = [ "0"; "1"; "2"; "3"; "4"; "5"; "6"; "done" ]

/// A model at a server that takes its time, so that everything has to be waited for.
let private served (status: int) (use': Model -> Task) : Task = task {
    let treat (connection: ServerConnection) : Task = task {
        do! Task.Delay 10
        do! connection.Head(status, "text/event-stream")

        for event in events do
            do! Task.Delay 2
            do! connection.Event event

        connection.Close()
    }

    use server = new TestServer(treat)
    let provider = Fake.provider (Fake.codec Fake.hello) |> Provider.withBaseUrl server.Url
    do! use' (Model.parse "fake/one" |> Model.withClient (Fake.client provider (HttpTransport.create TimeProvider.System)))
}

let private none = CancellationToken.None

[<TestCase 200>]
[<TestCase 500>]
let ``a call hands nothing to the caller's context`` (status: int) : Task =
    served status (fun model -> task {
        let! struct (result, context) = within (fun () -> Model.call Fake.question none model)
        Expect.equal (status = 200) result.IsOk
        Expect.equal 0 context.Posts
    })

[<Test>]
let ``a stream that is read to its end hands nothing to the caller's context`` () : Task =
    served 200 (fun model -> task {
        let! struct (opened, opening) = within (fun () -> Model.stream Fake.question none model)
        let stream = Fake.ok opened
        let! struct (response, reading) = within (fun () -> StreamResponse.response none stream)
        Expect.equal true response.IsOk
        Expect.equal (0, 0) (opening.Posts, reading.Posts)
    })

[<Test>]
let ``a caller that blocks for a stream's pieces is not blocked for ever`` () : Task =
    served 200 (fun model -> task {
        let! opened = Model.stream Fake.question none model

        let! struct (isThere, context) =
            within (fun () ->
                let pieces = (StreamResponse.text none (Fake.ok opened)).GetAsyncEnumerator none
                Task.FromResult(pieces.MoveNextAsync().AsTask().Wait 5000))

        Expect.equal true isThere
        Expect.equal 0 context.Posts
    })

[<Test>]
let ``a function that is handed the pieces runs in the caller's context`` () : Task =
    served 200 (fun model -> task {
        let! opened = Model.stream Fake.question none model
        let seen = Collections.Concurrent.ConcurrentQueue<bool>()
        let show _ = seen.Enqueue(SynchronizationContext.Current :? CountingContext)
        let! struct (ending, context) = within (fun () -> Fake.ok opened |> StreamResponse.iterText show none)
        Expect.equal true ending.IsComplete
        Expect.equal [ true ] (seen |> Seq.distinct |> List.ofSeq)
        Assert.That(context.Posts, Is.GreaterThan 0)
    })
