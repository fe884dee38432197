// What holds of calls however they are composed: the laws of a category, of functors, of a monad and of what runs at once. Each says that two
// chains are the same; what "the same" means is the caller's to say: the answer, and what was asked on the way.
namespace Llm.FsCheck

open Llm.Core

/// <summary>
/// The laws of composition. <c>observe</c> runs a call and says what was seen of it, such as its result together with the requests that its
/// transport got.
/// </summary>
/// <example><c>CallLaws.andThenIsAssociative observe classify translate summarize |> Law.toProperty</c></example>
[<RequireQualifiedAccess>]
module CallLaws =
    let private same (law: string) (observe: Call<'input, 'output> -> 'seen) (left: Call<'input, 'output>) (right: Call<'input, 'output>) =
        Law.equal law (observe left) (observe right)

    /// <summary>Before a call or after it, the call that gives its input changes nothing.</summary>
    let identityChangesNothing (observe: Call<'input, 'output> -> 'seen) (call: Call<'input, 'output>) : Result<unit, BrokenLaw> =
        Law.all
            [
                same "identity comes before" observe (Call.identity |> Call.andThen call) call
                same "identity comes after" observe (call |> Call.andThen Call.identity) call
            ]

    /// <summary>It does not matter how a chain is put together.</summary>
    let andThenIsAssociative
        (observe: Call<'a, 'd> -> 'seen)
        (first: Call<'a, 'b>)
        (second: Call<'b, 'c>)
        (third: Call<'c, 'd>)
        : Result<unit, BrokenLaw> =
        same
            "andThen is associative"
            observe
            (first |> Call.andThen second |> Call.andThen third)
            (first |> Call.andThen (second |> Call.andThen third))

    /// <summary>Changing the answer twice is changing it once; changing nothing is nothing.</summary>
    let mapIsAFunctor
        (observe: Call<'input, 'output> -> 'seen)
        (f: 'output -> 'output)
        (g: 'output -> 'output)
        (call: Call<'input, 'output>)
        =
        Law.all
            [
                same "map id is id" observe (call |> Call.map id) call
                same "maps compose" observe (call |> Call.map f |> Call.map g) (call |> Call.map (f >> g))
            ]

    /// <summary>Changing the input twice is changing it once, the other way round; changing nothing is nothing.</summary>
    let contramapIsAContravariantFunctor
        (observe: Call<'input, 'output> -> 'seen)
        (f: 'input -> 'input)
        (g: 'input -> 'input)
        (call: Call<'input, 'output>)
        =
        Law.all
            [
                same "contramap id is id" observe (call |> Call.contramap id) call
                same "contramaps compose" observe (call |> Call.contramap f |> Call.contramap g) (call |> Call.contramap (g >> f))
            ]

    /// <summary>The laws of a monad, in the answer.</summary>
    let bindIsAMonad
        (observe: Call<'input, 'output> -> 'seen)
        (value: 'output)
        (f: 'output -> Call<'input, 'output>)
        (g: 'output -> Call<'input, 'output>)
        (call: Call<'input, 'output>)
        =
        Law.all
            [
                same "bind after succeed" observe (Call.succeed value |> Call.bind f) (f value)
                same "bind succeed" observe (call |> Call.bind Call.succeed) call
                same
                    "bind is associative"
                    observe
                    (call |> Call.bind f |> Call.bind g)
                    (call |> Call.bind (fun answer -> f answer |> Call.bind g))
            ]

    /// <summary>The laws of an applicative functor, for calls that run at once.</summary>
    let bothIsApplicative
        (observe: Call<'input, 'output * 'output> -> 'seen)
        (value: 'output)
        (f: 'output -> 'output)
        (first: Call<'input, 'output>)
        (second: Call<'input, 'output>)
        =
        let ask call = Call.both call (Call.succeed value)

        Law.all
            [
                same "a value beside a call" observe (ask first) (first |> Call.map (fun answer -> answer, value))
                same
                    "a value before a call"
                    observe
                    (Call.both (Call.succeed value) first)
                    (first |> Call.map (fun answer -> value, answer))
                same
                    "map goes through both"
                    observe
                    (Call.both (first |> Call.map f) (second |> Call.map f))
                    (Call.both first second |> Call.map (fun (one, two) -> f one, f two))
                same
                    "both is associative"
                    observe
                    (Call.both (Call.both first second) first |> Call.map (fun ((one, _), three) -> one, three))
                    (Call.both first (Call.both second first) |> Call.map (fun (one, (_, three)) -> one, three))
            ]

    /// <summary>Doing it for many gives the answers in the order of the inputs, and for none nothing.</summary>
    let traverseKeepsOrder (observe: Call<'input list, 'output list> -> 'seen) (limit: int) (call: Call<'input, 'output>) =
        let oneAfterTheOther =
            Call.ofFunction (fun (inputs: 'input list) -> llm {
                let mutable answers = []

                for input in inputs do
                    let! answer = call.Invoke input
                    answers <- answer :: answers

                return List.rev answers
            })

        same "traverse is one after the other" observe (Call.traverse limit call) oneAfterTheOther
