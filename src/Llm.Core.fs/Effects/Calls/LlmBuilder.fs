// The computation expression `llm { }`: steps of work with models. Errors end it as values; `and!` runs at once.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Threading
open System.Threading.Tasks

/// <summary>
/// Builds <see cref="T:Llm.Core.Llm`1"/>. It binds calls that were given their input, other work of this kind, results, tasks of results, functions
/// from a token to those, tasks and asyncs. Loops and recursion do not grow the stack.
/// </summary>
[<Sealed>]
type LlmBuilder internal () =
    /// Work as it is.
    member _.Source(work: Llm<'output>) : Llm<'output> = work

    /// A result.
    member _.Source(result: Result<'output, LlmError>) : Llm<'output> = Llm.ofResult result

    /// A task that gives a result.
    member _.Source(work: Task<Result<'output, LlmError>>) : Llm<'output> = Llm.ofCancellable (fun _ -> work)

    /// Work that is given the token.
    member _.Source(work: CancellationToken -> Task<Result<'output, LlmError>>) : Llm<'output> = Llm.ofCancellable work

    /// An async that gives a result; it is given the token.
    member _.Source(work: Async<Result<'output, LlmError>>) : Llm<'output> =
        Llm.ofCancellable (fun cancellationToken -> Async.StartImmediateAsTask(work, cancellationToken))

    /// What a loop goes over.
    member _.Source(items: 'item seq) : 'item seq = items

    /// A value.
    member _.Return(value: 'output) : Llm<'output> = Llm.succeed value

    /// Work that gives the value.
    member _.ReturnFrom(work: Llm<'output>) : Llm<'output> = work

    /// Nothing.
    member _.Zero() : Llm<unit> = Llm.succeed ()

    /// Nothing happens before it is run.
    member _.Delay(work: unit -> Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken -> (work ()).Start(scope, cancellationToken))

    /// Work, then what follows from its value.
    member _.Bind(work: Llm<'first>, next: 'first -> Llm<'second>) : Llm<'second> = Llm.bind next work

    /// Work, then a value made from its value.
    member _.BindReturn(work: Llm<'first>, change: 'first -> 'second) : Llm<'second> = work |> Llm.within Scope.forStep |> Llm.map change

    /// Both at once.
    member _.MergeSources(first: Llm<'first>, second: Llm<'second>) : Llm<'first * 'second> = Llm.both first second

    /// One after the other.
    member _.Combine(first: Llm<unit>, second: Llm<'output>) : Llm<'output> = Llm.bind (fun () -> second) first

    /// As long as the guard says so.
    member _.While(guard: unit -> bool, body: Llm<unit>) : Llm<unit> =
        Llm(fun scope cancellationToken -> task {
            let step = Scope.forStep scope
            let mutable result = Ok()

            while Result.isOk result && guard () do
                cancellationToken.ThrowIfCancellationRequested()
                let! next = body.Start(step, cancellationToken)
                result <- next

            return result
        })

    /// For each item, one after the other.
    member this.For(items: 'item seq, body: 'item -> Llm<unit>) : Llm<unit> =
        Llm(fun scope cancellationToken -> task {
            use enumerator: IEnumerator<'item> = items.GetEnumerator()
            let each = this.Delay(fun () -> body enumerator.Current)
            return! this.While(enumerator.MoveNext, each).Start(scope, cancellationToken)
        })

    /// With a handler of what the caller's own functions throw. Errors are values and do not come here; neither does cancellation.
    member _.TryWith(work: Llm<'output>, handle: exn -> Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken -> task {
            try
                return! work.Start(scope, cancellationToken)
            with failure when not (cancellationToken.IsCancellationRequested && failure :? OperationCanceledException) ->
                return! (handle failure).Start(scope, cancellationToken)
        })

    /// With something to do in any end.
    member _.TryFinally(work: Llm<'output>, finish: unit -> unit) : Llm<'output> =
        Llm(fun scope cancellationToken -> task {
            try
                return! work.Start(scope, cancellationToken)
            finally
                finish ()
        })

    /// A resource that is disposed of in the end, such as a stream.
    member _.Using(resource: 'resource :> IAsyncDisposable, work: 'resource -> Llm<'output>) : Llm<'output> =
        Llm(fun scope cancellationToken -> task {
            use resource = resource
            return! (work resource).Start(scope, cancellationToken)
        })

/// What is bound where nothing else fits: extensions, so that a task of a result is a result, and what is disposed of in both ways is so
/// asynchronously.
[<AutoOpen>]
module LlmBuilderExtensions =
    type LlmBuilder with

        /// A task that gives a value.
        member _.Source(work: Task<'output>) : Llm<'output> = Llm.ofTask (fun _ -> work)

        /// A task that gives nothing.
        member _.Source(work: Task) : Llm<unit> = Llm.ofTask (fun _ -> task { do! work })

        /// An async that gives a value; it is given the token.
        member _.Source(work: Async<'output>) : Llm<'output> =
            Llm.ofTask (fun cancellationToken -> Async.StartImmediateAsTask(work, cancellationToken))

        /// A resource that is disposed of in the end.
        member this.Using(resource: 'resource :> IDisposable, work: 'resource -> Llm<'output>) : Llm<'output> =
            this.TryFinally(this.Delay(fun () -> work resource), (fun () -> if not (isNull (box resource)) then resource.Dispose()))

/// The computation expression.
[<AutoOpen>]
module LlmExpression =
    /// <summary>Work with models in steps; the first error ends it, and <c>and!</c> runs at once.</summary>
    /// <example>
    /// <code>
    /// llm {
    ///     let! chef = selectChef ingredient
    ///     and! list = complements ingredient
    ///     return! recipe (chef, list)
    /// }
    /// </code>
    /// </example>
    let llm = LlmBuilder()
