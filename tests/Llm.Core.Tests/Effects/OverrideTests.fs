// Another model for a scope: whom calls ask then, from wherever they are made, and that nothing of it is left behind.
module Llm.Core.Tests.OverrideTests

open System
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open Llm.Core
open Llm.Core.Tests.Scripts

let private none = CancellationToken.None

let private one = Model.parse "fake/one"

let private asked () = (Model.inForce one).Id

/// A model over a script of as many answers as there will be calls, and the bodies that were sent.
let private scripted (calls: int) : struct (Model * (unit -> string list)) =
    let script = ScriptedTransport.create (List.replicate calls (Fake.events Fake.hello))
    let bodies () = script.Requests() |> List.map (fun request -> RequestBody.text request.Body)
    struct (Fake.model Fake.hello script.Transport, bodies)

let private names (bodies: string list) =
    bodies |> List.map (fun body -> Meaning.read body (Dom.string "model") |> ValueOption.defaultValue "")

type Step =
    | Enter of name: int
    /// Leaves one of the scopes that were entered, whichever; it may have been left before.
    | Leave of which: int

[<Law>]
let ``the innermost scope that is open is in force, in whatever order scopes are left`` (steps: Step list) =
    let apply (entered: (string * IDisposable) list, openOnes: (string * int) list) (step: Step) =
        match step with
        | Enter name ->
            let id = $"fake/{name}"
            let scope = Model.overrideWith (Model.parse id)
            (entered @ [ id, scope ], (id, entered.Length) :: openOnes)
        | Leave _ when entered.IsEmpty -> (entered, openOnes)
        | Leave which ->
            let index = abs (which % entered.Length)
            (snd entered[index]).Dispose()
            (entered, openOnes |> List.filter (fun (_, other) -> other <> index))

    let states = steps |> List.scan (fun (state, _) step -> let next = apply state step in next, Some(asked ())) (([], []), None)

    let expected (_, openOnes) = openOnes |> List.tryHead |> Option.map fst |> Option.defaultValue "fake/one"
    let isRight = states |> List.forall (fun (state, seen) -> seen |> Option.forall (fun id -> id = expected state))

    for _, scope in states |> List.last |> fst |> fst do
        scope.Dispose()

    isRight && asked () = "fake/one"

[<Test>]
let ``calls, streams and resumed conversations ask the model in force, and responses tell`` () : Task = task {
    let struct (model, bodies) = scripted 6
    let call = Call.create model (fun (text: string) -> text)
    let! before = Model.call Fake.question none model
    let first = Fake.ok before

    let work () = task {
        use _ = Model.overrideWith (Model.parse "fake/two" |> Model.withParams { Params.none with MaxTokens = Some 7 })
        let! called = Call.run "a" none call
        let! streamed = Call.stream "b" none call
        let! ended = StreamResponse.response none (Fake.ok streamed)
        let! resumed = Model.resume first [ UserPart.Text "c" ] none model
        let! alone = Response.resume model.Client [ UserPart.Text "d" ] none first
        return [ called; ended; resumed; alone ] |> List.map Fake.ok
    }

    let! responses = work ()
    let! after = Response.resume model.Client [ UserPart.Text "e" ] none (List.head responses)

    Expect.equal [ "one"; "two"; "two"; "two"; "two"; "two" ] (names (bodies ()))
    Expect.equal (List.replicate 4 ("fake/two", Some 7)) (responses |> List.map (fun response -> response.ModelId, response.Params.MaxTokens))
    Expect.equal ("fake/two", Some 7) ((Fake.ok after).ModelId, (Fake.ok after).Params.MaxTokens)
}

[<Test>]
let ``parameters are replaced as a whole, tools and format stay`` () =
    let tool = { Name = "t"; Description = ""; Parameters = Json.trusted "{}"; Strict = None }

    let model =
        one
        |> Model.withParams { Params.none with Temperature = Some 1.0 }
        |> Model.withTools { ToolRequest.none with Definitions = [ tool ] }
        |> Model.withFormat (Format.ofType<int> ()).Output

    use _ = Model.overrideWith (Model.parse "fake/two" |> Model.withParams { Params.none with TopP = Some 0.5 })
    let inForce = Model.inForce model
    Expect.equal { Params.none with TopP = Some 0.5 } inForce.Params
    Expect.equal (model.Tools, model.Format) (inForce.Tools, inForce.Format)

[<Test>]
let ``a model with a client of its own brings it, one with the standard client does not`` () =
    let own = { Client.standard with MaxAnswerBytes = 1L }
    let calls = { Client.standard with MaxAnswerBytes = 2L }
    let limit () = (Model.inForce (Model.withClient calls one)).Client.MaxAnswerBytes

    use _ = Model.overrideWith (Model.parse "fake/two")
    Expect.equal 2L (limit ())
    use _ = Model.overrideWith (Model.parse "fake/three" |> Model.withClient own)
    Expect.equal 1L (limit ())

[<Test>]
let ``a stream keeps the model of the moment of its call, however late it is read`` () : Task = task {
    let struct (model, bodies) = scripted 2

    let within () =
        use _ = Model.overrideWith (Model.parse "fake/two")
        Model.streamLazily Fake.question model |> Fake.ok

    let late = StreamResponse(within ())
    let before = StreamResponse(Model.streamLazily Fake.question model |> Fake.ok)
    use _ = Model.overrideWith (Model.parse "fake/three")
    let! first = StreamResponse.response none late
    let! second = StreamResponse.response none before
    Expect.equal [ "two"; "one" ] (names (bodies ()))
    Expect.equal [ "fake/two"; "fake/one" ] ([ first; second ] |> List.map (fun response -> (Fake.ok response).ModelId))
}

[<Test>]
let ``each of many tasks at once has its own, and what they start inherits it`` () : Task = task {
    let worker (number: int) = task {
        use _ = Model.overrideWith (Model.parse $"fake/{number}")
        do! Task.Yield()
        let! inner = Task.WhenAll [ for _ in 1..3 -> Task.Run(fun () -> asked ()) ]
        do! Task.Yield()
        return Array.append inner [| asked () |] |> Array.distinct |> List.ofArray
    }

    let! seen = Task.WhenAll [ for number in 1..50 -> worker number ]
    Expect.equal [ for number in 1..50 -> [ $"fake/{number}" ] ] (List.ofArray seen)
    Expect.equal "fake/one" (asked ())
}

[<Test>]
let ``a task that outlives the scope keeps what was in force when it was started`` () : Task = task {
    let gate = TaskCompletionSource()

    let started () =
        use _ = Model.overrideWith (Model.parse "fake/two")

        task {
            do! gate.Task
            return asked ()
        }

    let running = started ()
    Expect.equal "fake/one" (asked ())
    gate.SetResult()
    let! seen = running
    Expect.equal "fake/two" seen
}

[<Test>]
let ``a callee's override is not its caller's`` () : Task = task {
    let callee () = task {
        let _ = Model.overrideWith (Model.parse "fake/two")
        let before = asked ()
        do! Task.Yield()
        return before, asked ()
    }

    let running = callee ()
    Expect.equal "fake/one" (asked ())
    let! seen = running
    Expect.equal ("fake/two", "fake/two") seen
    Expect.equal "fake/one" (asked ())
}

[<Test>]
let ``an async computation carries it across its waits`` () =
    let work = async {
        use _ = Model.overrideWith (Model.parse "fake/two")
        let before = asked ()
        do! Async.SwitchToThreadPool()
        do! Task.Delay 1 |> Async.AwaitTask
        return before, asked ()
    }

    Expect.equal ("fake/two", "fake/two") (Async.RunSynchronously work)
    Expect.equal ("fake/two", "fake/two") (Async.StartAsTask work).Result
    Expect.equal "fake/one" (asked ())
