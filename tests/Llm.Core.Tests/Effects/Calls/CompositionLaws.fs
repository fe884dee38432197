// The laws of composition, over chains that FsCheck makes up; what is asked on the way counts as much as the answer.
module Llm.Core.Tests.CompositionLaws

open System.Threading.Tasks
open FsCheck
open Llm.Core
open Llm.FsCheck

/// A chain.
type Plan =
    | Ask of int
    | Then of Plan * Plan
    | Changed of int * Plan
    | AtOnce of Plan * Plan
    | Each of limit: int * Plan
    | Chosen of Plan * Plan * Plan
    | Refined of times: int * Plan
    | Renamed of Plan
    | Rescued of Plan * Plan
    | Broken of int

let private error (number: int) = LlmError.InvalidRequest("plan", string number)

/// The chain as a call of an oracle.
let rec private callOf (oracle: Oracle) (plan: Plan) : Call<string, string> =
    let inner = callOf oracle

    match plan with
    | Ask number -> oracle.Ask $"q{number}"
    | Then(first, second) -> inner first |> Call.andThen (inner second)
    | Changed(number, plan) -> inner plan |> Call.map (fun text -> $"{text}+{number}")
    | AtOnce(first, second) -> Call.both (inner first) (inner second) |> Call.map (fun (one, two) -> $"<{one},{two}>")
    | Each(limit, plan) ->
        inner plan
        |> Call.traverse limit
        |> Call.contramap (fun input -> [ input; input + "'" ])
        |> Call.map (String.concat ";")
    | Chosen(plan, even, odd) -> inner plan |> Call.choose (fun text -> if text.Length % 2 = 0 then inner even else inner odd)
    | Refined(times, plan) -> inner plan |> Call.iterate (abs times % 3) (fun text -> text.Length % 3 = 0)
    | Renamed plan -> inner plan |> Call.named "renamed" |> Call.withParams Params.none
    | Rescued(plan, other) -> inner plan |> Call.recover (fun _ -> inner other)
    | Broken number -> Call.ofFunction (fun _ -> Llm.fail (error number))

/// The answer to a question says which question it was, not how long it is.
let private oracle () = Oracle(fun question -> $"a{abs (question.GetHashCode()) % 1000}")

/// What is seen of a call that is made for an oracle: its result, and what was asked, in order.
let private seen (input: 'input) (make: Oracle -> Call<'input, 'output>) : Result<'output, LlmError> * string list =
    let oracle = oracle ()
    let result = (make oracle |> Run.call input).GetAwaiter().GetResult()
    result, oracle.Asked

/// The oracle that a law's calls ask is the same for both sides, so what was asked since the last look counts.
let private watching (oracle: Oracle) (input: 'input) (call: Call<'input, 'output>) : Result<'output, LlmError> * string list =
    let before = oracle.Asked.Length
    let result = (call |> Run.call input).GetAwaiter().GetResult()
    result, List.skip before oracle.Asked

let private change (number: int) (text: string) = $"{text}~{number}"

[<Law>]
let ``the call that gives its input changes nothing, before or after`` (plan: Plan) =
    let oracle = oracle ()
    CallLaws.identityChangesNothing (watching oracle "x") (callOf oracle plan) |> Law.toProperty

[<Law>]
let ``it does not matter how a chain is put together`` (first: Plan) (second: Plan) (third: Plan) =
    let oracle = oracle ()
    let call = callOf oracle
    CallLaws.andThenIsAssociative (watching oracle "x") (call first) (call second) (call third) |> Law.toProperty

[<Law>]
let ``changing the answer of a call is a functor`` (plan: Plan) (f: int) (g: int) =
    let oracle = oracle ()
    CallLaws.mapIsAFunctor (watching oracle "x") (change f) (change g) (callOf oracle plan) |> Law.toProperty

[<Law>]
let ``changing the input of a call is a contravariant functor`` (plan: Plan) (f: int) (g: int) =
    let oracle = oracle ()

    CallLaws.contramapIsAContravariantFunctor (watching oracle "x") (change f) (change g) (callOf oracle plan)
    |> Law.toProperty

[<Law>]
let ``calls are a monad in their answer`` (plan: Plan) (f: Plan) (g: Plan) =
    let oracle = oracle ()
    let after (plan: Plan) (answer: string) = callOf oracle plan |> Call.map (fun text -> $"{text}/{answer}")
    CallLaws.bindIsAMonad (watching oracle "x") "value" (after f) (after g) (callOf oracle plan) |> Law.toProperty

[<Law>]
let ``calls that run at once are an applicative`` (first: Plan) (second: Plan) (f: int) =
    let oracle = oracle ()

    CallLaws.bothIsApplicative (watching oracle "x") "value" (change f) (callOf oracle first) (callOf oracle second)
    |> Law.toProperty

[<Law>]
let ``a call for many inputs gives what the call gives for each, in their order`` (plan: Plan) (inputs: int list) =
    let oracle = oracle ()
    CallLaws.traverseKeepsOrder (watching oracle (inputs |> List.map string)) 1 (callOf oracle plan) |> Law.toProperty

[<Law>]
let ``andThen is bind, and llm says the same as both`` (first: Plan) (second: Plan) =
    let chained oracle = callOf oracle first |> Call.andThen (callOf oracle second)
    let bound oracle = callOf oracle first |> Call.bind (fun middle -> callOf oracle second |> Call.contramap (fun _ -> middle))

    let written oracle =
        Call.ofFunction (fun input -> llm {
            let! middle = (callOf oracle first).Invoke input
            return! (callOf oracle second).Invoke middle
        })

    Law.all [ Law.equal "bind" (seen "x" chained) (seen "x" bound); Law.equal "llm" (seen "x" chained) (seen "x" written) ]
    |> Law.toProperty

[<Law>]
let ``a call is run anew each time, and the same`` (plan: Plan) =
    let oracle = oracle ()
    let call = callOf oracle plan
    Law.equal "again" (watching oracle "x" call) (watching oracle "x" call) |> Law.toProperty

[<Law>]
let ``a trace changes neither the answer nor what is asked, and has a step for each call of a model`` (plan: Plan) =
    let plain = seen "x" (fun oracle -> callOf oracle plan)
    let oracle = oracle ()
    let nothing (_: Response) : Money<usd> option = None
    let traced = (callOf oracle plan |> Call.trace nothing "x" Run.none).GetAwaiter().GetResult()
    let steps = Trace.steps traced.Trace |> List.filter (fun step -> step.ModelId.IsSome)

    Law.all
        [
            Law.equal "the same" plain (traced.Result, oracle.Asked)
            Law.equal "a step each" oracle.Asked.Length steps.Length
            Law.isTotal "render" (fun () -> Trace.render traced.Trace)
            Law.equal "JSON" true (Json.tryParse (Trace.toJson traced.Trace) |> Result.isOk)
        ]
    |> Law.toProperty
