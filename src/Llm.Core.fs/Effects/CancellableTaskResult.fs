// Work that may be cancelled and may fail, in one shape, with a computation expression named as in IcedTasks and FsToolkit, so that
// those could take over.
namespace Llm.Core

open System
open System.Threading
open System.Threading.Tasks

/// <summary>Work that starts when it is given a token, and ends in a value or an error.</summary>
type CancellableTaskResult<'value, 'error> = CancellationToken -> Task<Result<'value, 'error>>

/// <summary>Builds <see cref="T:Llm.Core.CancellableTaskResult`2"/>; the token goes to every step.</summary>
[<Sealed>]
type CancellableTaskResultBuilder internal () =
    /// A value.
    member _.Return(value: 'value) : CancellableTaskResult<'value, 'error> = fun _ -> Task.FromResult(Ok value)

    /// Work as it is.
    member _.ReturnFrom(work: CancellableTaskResult<'value, 'error>) : CancellableTaskResult<'value, 'error> = work

    /// A result as it is.
    member _.ReturnFrom(result: Result<'value, 'error>) : CancellableTaskResult<'value, 'error> = fun _ -> Task.FromResult result

    /// Nothing.
    member _.Zero() : CancellableTaskResult<unit, 'error> = fun _ -> Task.FromResult(Ok())

    /// Nothing runs before the token is there.
    member _.Delay(work: unit -> CancellableTaskResult<'value, 'error>) : CancellableTaskResult<'value, 'error> =
        fun cancellationToken -> work () cancellationToken

    /// Work, then what follows from its value.
    member _.Bind
        (work: CancellableTaskResult<'first, 'error>, next: 'first -> CancellableTaskResult<'second, 'error>)
        : CancellableTaskResult<'second, 'error> =
        fun cancellationToken -> task {
            match! work cancellationToken with
            | Ok value -> return! next value cancellationToken
            | Error error -> return Error error
        }

    /// A result, then what follows from its value.
    member _.Bind
        (result: Result<'first, 'error>, next: 'first -> CancellableTaskResult<'second, 'error>)
        : CancellableTaskResult<'second, 'error> =
        fun cancellationToken ->
            match result with
            | Ok value -> next value cancellationToken
            | Error error -> Task.FromResult(Error error)

    /// One after the other.
    member this.Combine
        (first: CancellableTaskResult<unit, 'error>, second: CancellableTaskResult<'value, 'error>)
        : CancellableTaskResult<'value, 'error> =
        this.Bind(first, (fun () -> second))

    /// A resource that is disposed of in the end, such as a stream.
    member _.Using
        (resource: 'resource :> IAsyncDisposable, work: 'resource -> CancellableTaskResult<'value, 'error>)
        : CancellableTaskResult<'value, 'error> =
        fun cancellationToken -> task {
            use resource = resource
            return! work resource cancellationToken
        }

/// Resources of the other kind: an extension, so that what is both is disposed of asynchronously.
[<AutoOpen>]
module CancellableTaskResultResources =
    type CancellableTaskResultBuilder with

        /// A resource that is disposed of in the end.
        member _.Using
            (resource: 'resource :> IDisposable, work: 'resource -> CancellableTaskResult<'value, 'error>)
            : CancellableTaskResult<'value, 'error> =
            fun cancellationToken -> task {
                try
                    return! work resource cancellationToken
                finally
                    resource.Dispose()
            }

/// The computation expression.
[<AutoOpen>]
module CancellableTaskResultExpression =
    /// <summary>Cancellable work in steps; the first error ends it.</summary>
    /// <example>
    /// <c>cancellableTaskResult { let! response = fun token -> model |> Model.call messages token in return Response.text response }</c>
    /// </example>
    let cancellableTaskResult = CancellableTaskResultBuilder()
