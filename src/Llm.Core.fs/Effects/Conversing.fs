// Calls that take more than one turn: tools that are run until the model answers, and answers that are asked for again until they fit.
// Small loops over Model.call and Model.resume with hard limits; every answer on the way stays within reach, whatever goes wrong later.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// How a conversation goes on: with what the user says next after a response.
type internal Continue = Response -> UserPart list -> CancellationToken -> Task<Result<Response, LlmError>>

/// Several answers of one conversation.
[<RequireQualifiedAccess>]
module internal Turns =
    /// The model, asked once more.
    let resume (model: Model) : Continue = fun response content cancellationToken -> Model.resume response content cancellationToken model

    /// What they used together.
    let usage (responses: Response list) : Usage option =
        match responses |> List.choose _.Usage with
        | [] -> None
        | known -> Some(List.reduce Usage.add known)

/// <summary>How a conversation with tools came to rest.</summary>
[<RequireQualifiedAccess>]
type ToolLoopEnd =
    /// The model answered without calling a tool.
    | Answered
    /// Calls wait for approval: settle them with <c>ToolResult.settle</c>, then go on with <c>ToolLoop.resume</c>.
    | Waiting of ToolResult list
    /// The limit of rounds was reached while the model still called tools; these calls were not run.
    | OutOfRounds of ToolCall list
    /// The tools were run, but the call that should have told the model failed: <c>ToolLoop.resume</c> with the results tries again.
    | Failed of ToolResult list * LlmError

/// <summary>A conversation with tools: how it came to rest, and the answers on the way.</summary>
type ToolLoopRun =
    {
        /// How it came to rest.
        End: ToolLoopEnd
        /// The last answer; its <c>Messages</c> are the whole conversation.
        Response: Response
        /// The answers before it, oldest first.
        Earlier: Response list
    }

    /// All answers, oldest first.
    member this.Responses: Response list = this.Earlier @ [ this.Response ]

    /// What all answers used together; None where no provider has said.
    member this.Usage: Usage option = Turns.usage this.Responses

/// <summary>Runs the tools that a model calls, and gives it their outputs, until it answers.</summary>
[<RequireQualifiedAccess>]
module ToolLoop =
    let private toParts (outputs: ToolOutput list) : UserPart list = outputs |> List.map UserPart.ToolOutput

    /// Runs and tells until the model answers, whoever it is that asks it. The answers so far, the last one first.
    let rec internal goOn
        (ask: Continue)
        (roundsLeft: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (response: Response)
        (earlier: Response list)
        (cancellationToken: CancellationToken)
        : Task<ToolLoopRun> = task {
        let ended how = { End = how; Response = response; Earlier = List.rev earlier }

        match Response.toolCalls response with
        | [] -> return ended ToolLoopEnd.Answered
        | calls when roundsLeft <= 0 -> return ended (ToolLoopEnd.OutOfRounds calls)
        | calls ->
            let! results = Toolkit.executeAll context calls cancellationToken toolkit

            match ToolResult.outputs results with
            | Error _ -> return ended (ToolLoopEnd.Waiting results)
            | Ok outputs ->
                match! ask response (toParts outputs) cancellationToken with
                | Error error -> return ended (ToolLoopEnd.Failed(results, error))
                | Ok next -> return! goOn ask (roundsLeft - 1) context toolkit next (response :: earlier) cancellationToken
    }

    let internal withTools (toolkit: Toolkit<'context>) (model: Model) =
        Model.withTools { model.Tools with Definitions = Toolkit.definitions toolkit } model

    /// <summary>
    /// Asks the model, runs the tools that it calls, all of an answer at once, and goes on with their outputs: at most so many rounds. A tool
    /// that fails does not end the loop, for its failure is an output. An error is that of the first call; a later one is the run's end.
    /// </summary>
    /// <example><c>model |> ToolLoop.run 8 library toolkit [ Message.user "Find me a book" ] cancellationToken</c></example>
    let run
        (rounds: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (messages: Message list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<ToolLoopRun, LlmError>> = task {
        let equipped = withTools toolkit model

        match! Model.call messages cancellationToken equipped with
        | Error error -> return Error error
        | Ok response ->
            let! run = goOn (Turns.resume equipped) rounds context toolkit response [] cancellationToken
            return Ok run
    }

    /// <summary>
    /// Goes on with a conversation whose last answer called tools, such as one that was stored, once all results are there. Results that
    /// still wait are an <c>InvalidRequest</c>, and the model is not asked.
    /// </summary>
    /// <example><c>model |> ToolLoop.resume 8 library toolkit messages (ToolResult.settle output results) cancellationToken</c></example>
    let resume
        (rounds: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (messages: Message list)
        (results: ToolResult list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<ToolLoopRun, LlmError>> = task {
        let equipped = withTools toolkit model

        match ToolResult.outputs results with
        | Error(call :: _) -> return Error(LlmError.InvalidRequest("results", $"the call '{call.Id}' of '{call.Name}' waits for approval"))
        | Error [] -> return Error(LlmError.InvalidRequest("results", "a call waits for approval"))
        | Ok outputs ->
            match Message.userParts (toParts outputs) with
            | Error error -> return Error error
            | Ok message ->
                match! Model.call (messages @ [ message ]) cancellationToken equipped with
                | Error error -> return Error error
                | Ok response ->
                    let! run = goOn (Turns.resume equipped) rounds context toolkit response [] cancellationToken
                    return Ok run
    }

/// <summary>An answer in a format: the value, or what is wrong with the text, and the answers on the way.</summary>
[<NoComparison; NoEquality>]
type FormattedAnswer<'value> =
    {
        /// The value, or why the last answer is none.
        Value: Result<'value, ParseProblem>
        /// The last answer; its <c>Messages</c> are the whole conversation.
        Response: Response
        /// The answers before it that did not fit, oldest first.
        Earlier: Response list
        /// Why the model could not be asked once more; None where it was, or need not be.
        Error: LlmError option
    }

    /// All answers, oldest first.
    member this.Responses: Response list = this.Earlier @ [ this.Response ]

    /// What all answers used together; None where no provider has said.
    member this.Usage: Usage option = Turns.usage this.Responses

/// <summary>Asks for values.</summary>
[<RequireQualifiedAccess>]
module Formatted =
    /// <summary>The value of an answer, or what is wrong with it.</summary>
    /// <example><c>response |> Formatted.parse (Format.ofType&lt;Book&gt; ())</c></example>
    let parse (format: Format<'value>) (response: Response) : Result<'value, ParseProblem> = Format.parseContent response.Content format

    /// Parses, and asks again while there are tries left, whoever it is that asks.
    let rec internal check
        (ask: Continue)
        (retriesLeft: int)
        (format: Format<'value>)
        (response: Response)
        (earlier: Response list)
        (cancellationToken: CancellationToken)
        : Task<FormattedAnswer<'value>> = task {
        let value = parse format response
        let answer error = { Value = value; Response = response; Earlier = List.rev earlier; Error = error }

        match value with
        | Error problem when retriesLeft > 0 && List.isEmpty (Response.toolCalls response) ->
            match! ask response [ UserPart.Text(ParseProblem.retryMessage problem) ] cancellationToken with
            | Ok next -> return! check ask (retriesLeft - 1) format next (response :: earlier) cancellationToken
            | Error error -> return answer (Some error)
        | _ -> return answer None
    }

    /// <summary>
    /// Checks an answer that is there; where it does not fit, tells the model what is wrong and asks again, at most so many times. An answer
    /// that calls tools is not asked for again: they come first.
    /// </summary>
    /// <example><c>model |> Formatted.validate format 2 response cancellationToken</c></example>
    let validate
        (format: Format<'value>)
        (retries: int)
        (response: Response)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<FormattedAnswer<'value>> =
        check (Turns.resume (Model.withFormat format.Output model)) retries format response [] cancellationToken

    /// <summary>Reads a stream to its end, then does as <c>validate</c>; an error where the stream is not complete.</summary>
    let validateStream
        (format: Format<'value>)
        (retries: int)
        (stream: StreamResponse)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<FormattedAnswer<'value>, LlmError>> = task {
        match! StreamResponse.response cancellationToken stream with
        | Error error -> return Error error
        | Ok response ->
            let! answer = validate format retries response cancellationToken model
            return Ok answer
    }

    /// <summary>
    /// Asks the model for a value; where the answer does not fit, tells it what is wrong and asks again, at most so many times. An error is
    /// that of the first call; a later one is the answer's own.
    /// </summary>
    /// <example><c>model |> Formatted.call (Format.ofType&lt;Book&gt; ()) 1 [ Message.user "Recommend a book" ] cancellationToken</c></example>
    let call
        (format: Format<'value>)
        (retries: int)
        (messages: Message list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<FormattedAnswer<'value>, LlmError>> = task {
        match! Model.call messages cancellationToken (Model.withFormat format.Output model) with
        | Error error -> return Error error
        | Ok response ->
            let! answer = validate format retries response cancellationToken model
            return Ok answer
    }

    /// <summary>Asks the model for a value and gives the answer as a stream; <c>StreamResponse.partials</c> shows the value as it grows.</summary>
    let stream
        (format: Format<'value>)
        (messages: Message list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<StreamResponse, LlmError>> =
        Model.stream messages cancellationToken (Model.withFormat format.Output model)
