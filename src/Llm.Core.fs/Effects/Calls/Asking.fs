// Where a chain asks a model: the prompt is made, budgets are asked, the model is, and all of it is written down. Call makes its calls of
// this; the C# facade too, with outputs of its own.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// A model, what it is asked, and what becomes of its answer.
[<NoComparison; NoEquality>]
type internal Ask<'output> =
    {
        Model: Model
        Prompt: Prompt
        Output: Response -> 'output
        /// What another face of the library made it from.
        Origin: obj
    }

[<RequireQualifiedAccess>]
module internal Asking =
    /// All must agree; what the first ones set aside is given back when another does not.
    let private reserve (budgets: Ledger list) (model: Model) (messages: Message list) : Result<Reservation, LlmError> =
        let nothing = { Settle = (fun _ -> Ok()); Abandon = ignore; Release = ignore }

        let join (first: Reservation) (second: Reservation) =
            {
                Settle =
                    fun result ->
                        let mutable others = Ok()

                        // A price that cannot be asked for one budget is none for the others.
                        let own =
                            try
                                first.Settle result
                            finally
                                others <- second.Settle result

                        own |> Result.bind (fun () -> others)
                Abandon = first.Abandon >> second.Abandon
                Release = first.Release >> second.Release
            }

        (Ok nothing, budgets)
        ||> List.fold (fun held budget ->
            match held with
            | Error error -> Error error
            | Ok held ->
                let more =
                    try
                        budget.Reserve model messages
                    with _ ->
                        held.Release()
                        reraise ()

                match more with
                | Ok more -> Ok(join held more)
                | Error error ->
                    held.Release()
                    Error error)

    let private noted (prompt: Prompt) (response: Response) : Response =
        if prompt.Fields.IsEmpty && prompt.Metadata.IsEmpty then
            response
        else
            { response with Fields = prompt.Fields; Metadata = prompt.Metadata }

    /// Asks, and waits for the whole answer, as a step that was begun.
    let private send
        (scope: Scope)
        (record: StepRecord option)
        (ask: Ask<'output>)
        (cancellationToken: CancellationToken)
        : Task<Result<'output, LlmError>> = task {
        record |> Option.iter (fun step -> step.Sent(ask.Model.Id, ask.Prompt))
        scope.Answered ask.Model

        match reserve scope.Budgets ask.Model ask.Prompt.Messages with
        | Error error -> return Error error
        | Ok reservation ->
            let mutable isOpen = true

            try
                let! result = Model.call ask.Prompt.Messages cancellationToken ask.Model
                isOpen <- false
                let settled = reservation.Settle result

                match result with
                | Error error -> return Error error
                | Ok response ->
                    let response = noted ask.Prompt response
                    record |> Option.iter (fun step -> step.Answered response)
                    return settled |> Result.map (fun () -> ask.Output response)
            finally
                if isOpen then reservation.Abandon()
    }

    /// A step of the trace around work that is given the scope of what is below it.
    let private recordedUntil
        (succeed: 'output -> StepRecord -> unit)
        (scope: Scope)
        (name: string)
        (input: obj)
        (work: Scope -> StepRecord option -> Task<Result<'output, LlmError>>)
        : Task<Result<'output, LlmError>> =
        if isNull scope.Recorder then
            work (Scope.unlabelled scope) None
        else
            task {
                let step = scope.Recorder.Begin(scope.Time, Option.defaultValue name scope.Label, scope.Recorder.Show input)

                try
                    let! result = work { scope with Label = None; Recorder = step.Children } (Some step)

                    match result with
                    | Ok output -> step |> succeed output
                    | Error error -> step.Fail error

                    return result
                with failure ->
                    step.Throw failure
                    return Concurrently.rethrow failure
            }

    let private recorded scope name input work = recordedUntil (fun _ step -> step.Succeed()) scope name input work

    /// The prompt's own steps are not those that give the answer.
    let private prepare
        (prompt: Llm<'prompt>)
        (resolve: Scope -> 'prompt -> Result<Ask<'output>, LlmError>)
        (scope: Scope)
        (cancellationToken: CancellationToken)
        : Task<Result<Ask<'output>, LlmError>> = task {
        let! made = prompt.Start(Scope.forStep scope, cancellationToken)
        return made |> Result.bind (resolve scope)
    }

    /// A call of a model, whole.
    let whole
        (name: string)
        (input: obj)
        (prompt: Llm<'prompt>)
        (resolve: Scope -> 'prompt -> Result<Ask<'output>, LlmError>)
        : Llm<'output> =
        Llm(fun scope cancellationToken ->
            recorded scope name input (fun scope record -> task {
                match! prepare prompt resolve scope cancellationToken with
                | Error error -> return Error error
                | Ok ask -> return! send scope record ask cancellationToken
            }))

    /// Opens a stream, so that a refusal is known at once.
    let opened (ask: Ask<'output>) : CancellableTaskResult<StreamResponse, LlmError> =
        fun cancellationToken -> Model.stream ask.Prompt.Messages cancellationToken ask.Model

    /// Opens the stream; what was set aside is counted when it ends.
    let private openWith
        (openStream: Ask<'output> -> CancellableTaskResult<StreamResponse, LlmError>)
        (scope: Scope)
        (ask: Ask<'output>)
        (cancellationToken: CancellationToken)
        : Task<Result<StreamResponse, LlmError>> = task {
        match reserve scope.Budgets ask.Model ask.Prompt.Messages with
        | Error error -> return Error error
        | Ok reservation ->
            let mutable isOpen = true

            try
                match! openStream ask cancellationToken with
                | Error error ->
                    isOpen <- false
                    reservation.Settle(Error error) |> ignore
                    return Error error
                | Ok stream ->
                    isOpen <- false

                    stream.Live.TellEnd(fun ending ->
                        match ending with
                        | StreamEnd.Complete response -> reservation.Settle(Ok response) |> ignore
                        | StreamEnd.Truncated _
                        | StreamEnd.Failed _
                        | StreamEnd.Cancelled _ -> reservation.Abandon())

                    return Ok stream
            finally
                if isOpen then reservation.Abandon()
    }

    /// A call of a model, streamed: its step lasts as long as the stream.
    let stream
        (openStream: Ask<'output> -> CancellableTaskResult<StreamResponse, LlmError>)
        (name: string)
        (input: obj)
        (prompt: Llm<'prompt>)
        (resolve: Scope -> 'prompt -> Result<Ask<'output>, LlmError>)
        : Llm<StreamResponse> =
        Llm(fun scope cancellationToken ->
            recordedUntil StreamTracing.endsWith scope name input (fun scope record -> task {
                match! prepare prompt resolve scope cancellationToken with
                | Error error -> return Error error
                | Ok ask ->
                    record |> Option.iter (fun step -> step.Sent(ask.Model.Id, ask.Prompt))
                    return! openWith openStream scope ask cancellationToken
            }))
