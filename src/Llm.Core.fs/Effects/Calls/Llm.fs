// Work with models: it starts when it is run, may be run again, and ends in a value or an error. What `llm { }` builds and calls give when
// they are given their input. Everything that composes calls is here once; Call lifts it over the input.
namespace Llm.Core

open System
open System.Runtime.CompilerServices
open System.Threading
open System.Threading.Tasks

/// <summary>
/// Work with models that gives a value. It starts when it is run, as often as it is run. It ends with the value or an error; only cancellation
/// is thrown, and what the caller's own functions throw.
/// </summary>
[<Sealed; NoComparison; NoEquality>]
type Llm<'output> internal (start: Scope -> CancellationToken -> Task<Result<'output, LlmError>>) =
    /// On a thread with room on its stack, however deep the work is nested.
    member internal _.Start(scope: Scope, cancellationToken: CancellationToken) : Task<Result<'output, LlmError>> =
        if RuntimeHelpers.TryEnsureSufficientExecutionStack() then
            start scope cancellationToken
        else
            Task.Run<Result<'output, LlmError>>(fun () -> start scope cancellationToken)

/// <summary>What came of work, and how it came to that.</summary>
[<NoComparison; NoEquality>]
type Traced<'output> =
    {
        /// The value, or the error; cancellation is an error here, so that the trace is not lost.
        Result: Result<'output, LlmError>
        /// The steps.
        Trace: TraceStep
    }

/// <summary>Functions on <see cref="T:Llm.Core.Llm`1"/>.</summary>
[<RequireQualifiedAccess>]
module Llm =
    /// What throws at once is a failed task too.
    let internal runIn (scope: Scope) (cancellationToken: CancellationToken) (work: Llm<'output>) : Task<Result<'output, LlmError>> = task {
        return! work.Start(scope, cancellationToken)
    }

    /// <summary>Runs it. Failures are errors; only cancellation throws, as a cancelled task.</summary>
    /// <example><c>llm { return 1 } |> Llm.run cancellationToken</c> ends in <c>Ok 1</c>.</example>
    let run (cancellationToken: CancellationToken) (work: Llm<'output>) : Task<Result<'output, LlmError>> =
        runIn Scope.root cancellationToken work

    /// <summary>A result that is there already.</summary>
    let ofResult (result: Result<'output, LlmError>) : Llm<'output> = Llm(fun _ _ -> Task.FromResult result)

    /// <summary>A value that is there already.</summary>
    let succeed (value: 'output) : Llm<'output> = ofResult (Ok value)

    /// <summary>An error.</summary>
    let fail (error: LlmError) : Llm<'output> = ofResult (Error error)

    /// Work that is made when it is run.
    let internal delay (work: unit -> Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken -> (work ()).Start(scope, cancellationToken))

    /// <summary>Work of one's own that may fail, such as <c>Model.call messages</c> partially applied; it is given the token.</summary>
    let ofCancellable (work: CancellableTaskResult<'output, LlmError>) : Llm<'output> =
        Llm(fun _ cancellationToken -> work cancellationToken)

    /// <summary>Work of one's own that has no errors as values.</summary>
    let ofTask (work: CancellationToken -> Task<'output>) : Llm<'output> =
        Llm(fun _ cancellationToken -> task {
            let! value = work cancellationToken
            return Ok value
        })

    /// <summary>The value, and what follows from it. The first gives no answer of the chain, the second does.</summary>
    let bind (next: 'first -> Llm<'second>) (work: Llm<'first>) : Llm<'second> =
        Llm(fun scope cancellationToken -> task {
            match! work.Start(Scope.forStep scope, cancellationToken) with
            | Ok value ->
                cancellationToken.ThrowIfCancellationRequested()
                return! (next value).Start(Scope.unlabelled scope, cancellationToken)
            | Error error -> return Error error
        })

    /// <summary>Changes the value, or finds that it is none.</summary>
    let mapResult (change: 'first -> Result<'second, LlmError>) (work: Llm<'first>) : Llm<'second> =
        Llm(fun scope cancellationToken -> task {
            let! result = work.Start(scope, cancellationToken)
            return Result.bind change result
        })

    /// <summary>Changes the value.</summary>
    let map (change: 'first -> 'second) (work: Llm<'first>) : Llm<'second> = mapResult (change >> Ok) work

    /// <summary>Looks at the value as it passes.</summary>
    let tap (look: 'output -> unit) (work: Llm<'output>) : Llm<'output> =
        map
            (fun value ->
                look value
                value)
            work

    /// <summary>
    /// Runs all, at most so many at once; their values in their order. The first error cancels the others and is the result, once they have
    /// ended.
    /// </summary>
    let all (limit: int) (works: Llm<'output> list) : Llm<'output list> =
        let works = Array.ofList works

        Llm(fun scope cancellationToken -> task {
            let scopes = Scope.branches works.Length scope
            let work number token = works[number].Start(scopes[number], token)
            let! values = Concurrently.all limit works.Length work cancellationToken
            return values |> Result.map List.ofArray
        })

    /// <summary>Runs both at once. An error of one cancels the other.</summary>
    let both (first: Llm<'first>) (second: Llm<'second>) : Llm<'first * 'second> =
        all 2 [ map box first; map box second ] |> map (fun values -> unbox<'first> values[0], unbox<'second> values[1])

    /// <summary>
    /// Does the work for each input, at most so many at once; the values in the order of the inputs. The first error cancels the others and is
    /// the result, once they have ended.
    /// </summary>
    let traverse (limit: int) (work: 'input -> Llm<'output>) (inputs: 'input list) : Llm<'output list> =
        all limit (inputs |> List.map (fun input -> Llm(fun scope cancellationToken -> (work input).Start(scope, cancellationToken))))

    /// <summary>Runs all at once. The first value wins and the others are cancelled; where none comes, the error of the first in the list.</summary>
    let race (works: Llm<'output> list) : Llm<'output> =
        let works = Array.ofList works

        Llm(fun scope cancellationToken ->
            let scopes = Scope.branches works.Length scope
            let start number token = works[number].Start(scopes[number], token)
            Concurrently.race (Array.init works.Length start) cancellationToken)

    /// <summary>Goes on from an error.</summary>
    let recover (handle: LlmError -> Llm<'output>) (work: Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken -> task {
            match! work.Start(scope, cancellationToken) with
            | Ok value -> return Ok value
            | Error error ->
                cancellationToken.ThrowIfCancellationRequested()
                return! (handle error).Start(scope, cancellationToken)
        })

    /// <summary>Gives up with a <c>Timeout</c> when it takes longer; the work is cancelled, and not waited for.</summary>
    let timeout (limit: TimeSpan) (work: Llm<'output>) : Llm<'output> =
        if limit < TimeSpan.Zero && limit <> Timeout.InfiniteTimeSpan then
            fail (LlmError.InvalidRequest("timeout", $"{limit} is negative"))
        else
            Llm(fun scope cancellationToken ->
                Concurrently.within scope.Time limit (fun token -> work.Start(scope, token)) cancellationToken)

    /// <summary>Tries again as the policy says, after what the provider asks to wait, or the policy's own wait.</summary>
    let retry (policy: RetryPolicy) (work: Llm<'output>) : Llm<'output> =
        let rec attempt (retries: int) (scope: Scope) (cancellationToken: CancellationToken) : Task<Result<'output, LlmError>> = task {
            match! work.Start(scope, cancellationToken) with
            | Ok value -> return Ok value
            | Error error ->
                match RetryPolicy.delay (retries + 1) (scope.Chance()) error policy with
                | None -> return Error error
                | Some wait ->
                    do! Task.Delay(Timeouts.forTimer wait, scope.Time, cancellationToken)
                    return! Llm<'output>(attempt (retries + 1)).Start(scope, cancellationToken)
        }

        Llm(attempt 0)

    /// A group of steps in the trace, which ends when its output is said to have come.
    let internal groupUntil (succeed: 'output -> StepRecord -> unit) (name: string) (input: obj) (work: Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken ->
            if isNull scope.Recorder then
                work.Start(Scope.unlabelled scope, cancellationToken)
            else
                task {
                    let step = scope.Recorder.Begin(scope.Time, name, scope.Recorder.Show input)

                    try
                        let! result = work.Start({ scope with Label = None; Recorder = step.Children }, cancellationToken)

                        match result with
                        | Ok value -> step |> succeed value
                        | Error error -> step.Fail error

                        return result
                    with failure ->
                        step.Throw failure
                        return Concurrently.rethrow failure
                })

    /// A group of steps in the trace.
    let internal group (name: string) (input: obj) (work: Llm<'output>) : Llm<'output> =
        groupUntil (fun value step -> step.Succeed(step.Children.Show value)) name input work

    /// <summary>The work as one step of a trace, by this name, with its own steps below it.</summary>
    let named (name: string) (work: Llm<'output>) : Llm<'output> = group name null work

    /// The work in a changed scope.
    let internal within (change: Scope -> Scope) (work: Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken -> work.Start(change scope, cancellationToken))

    /// <summary>With another clock, for its timeouts, the waits of its retries and the times of its trace.</summary>
    let withTimeProvider (time: TimeProvider) (work: Llm<'output>) : Llm<'output> = within (fun scope -> { scope with Time = time }) work

    /// All steps under one, which lasts from the first beginning to the last end.
    let private together (show: obj -> string) (input: obj) (result: Result<'output, LlmError>) (steps: TraceStep list) : TraceStep =
        let start =
            steps |> List.map _.Start |> List.sort |> List.tryHead |> Option.defaultWith (fun () -> TimeProvider.System.GetUtcNow())

        {
            Name = "chain"
            ModelId = None
            Input = show input
            Output = result |> Result.toOption |> Option.map (box >> show)
            Messages = []
            Fields = []
            Usage = None
            Cost = None
            Start = start
            Elapsed = (start, steps) ||> List.fold (fun last step -> max last step.EndTime) |> (fun last -> last - start)
            End =
                match result with
                | Ok _ -> StepEnd.Succeeded
                | Error(LlmError.Cancelled _) -> StepEnd.Cancelled
                | Error error -> StepEnd.Failed error
            Children = steps
        }

    /// Cancellation becomes an error, so that the trace is not lost.
    let internal start (scope: Scope) (cancellationToken: CancellationToken) (work: Llm<'output>) : Task<Result<'output, LlmError>> = task {
        try
            return! work.Start(scope, cancellationToken)
        with :? OperationCanceledException when cancellationToken.IsCancellationRequested ->
            return Error(LlmError.Cancelled "chain")
    }

    /// The one step, or all under one.
    let internal joined (show: obj -> string) (input: obj) (result: Result<'output, LlmError>) (steps: TraceStep list) : TraceStep =
        match steps with
        | [ step ] -> step
        | steps -> together show input result steps

    /// The one step of the work, or all under one.
    let internal traceFrom
        (scope: Scope)
        (input: obj)
        (costOf: Response -> AnyMoney option)
        (show: obj -> string)
        (cancellationToken: CancellationToken)
        (work: Llm<'output>)
        : Task<Traced<'output>> = task {
        let recorder = Recorder(costOf, show)
        let! result = work |> start { scope with Recorder = recorder } cancellationToken
        return { Result = result; Trace = joined show input result (recorder.Steps()) }
    }

    /// <summary>Runs it, and writes down each step; the function says what an answer cost, as <c>Budget</c>'s does.</summary>
    let trace
        (costOf: Response -> Money<'currency> option)
        (cancellationToken: CancellationToken)
        (work: Llm<'output>)
        : Task<Traced<'output>> =
        traceFrom Scope.root null (costOf >> Option.map Money.toAny) Shown.text cancellationToken work
