// Calls that take more than one turn: tools that are run until the model answers, and answers that are asked for again until they fit.
// Small loops over Model.call and Model.resume with hard limits; every message stays in the response that they end with.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// <summary>How a conversation with tools came to rest.</summary>
[<RequireQualifiedAccess>]
type ToolLoopEnd =
    /// The model answered without calling a tool.
    | Answered of Response
    /// Calls wait for approval: settle them with <c>ToolResult.settle</c>, then go on with <c>ToolLoop.resume</c>.
    | Waiting of Response * ToolResult list
    /// The limit of rounds was reached while the model still called tools.
    | OutOfRounds of Response

/// <summary>Runs the tools that a model calls, and gives it their outputs, until it answers.</summary>
[<RequireQualifiedAccess>]
module ToolLoop =
    let private toParts (outputs: ToolOutput list) : UserPart list = outputs |> List.map UserPart.ToolOutput

    let rec private goOn
        (roundsLeft: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (response: Response)
        (model: Model)
        (cancellationToken: CancellationToken)
        : Task<Result<ToolLoopEnd, LlmError>> = task {
        match Response.toolCalls response with
        | [] -> return Ok(ToolLoopEnd.Answered response)
        | _ when roundsLeft <= 0 -> return Ok(ToolLoopEnd.OutOfRounds response)
        | calls ->
            let! results = Toolkit.executeAll context calls cancellationToken toolkit
            return! settled roundsLeft context toolkit response results model cancellationToken
    }

    and private settled roundsLeft context toolkit response results model cancellationToken = task {
        match ToolResult.outputs results with
        | Error _ -> return Ok(ToolLoopEnd.Waiting(response, results))
        | Ok outputs ->
            match! Model.resume response (toParts outputs) cancellationToken model with
            | Ok next -> return! goOn (roundsLeft - 1) context toolkit next model cancellationToken
            | Error error -> return Error error
    }

    let private withTools (toolkit: Toolkit<'context>) (model: Model) =
        Model.withTools { model.Tools with Definitions = Toolkit.definitions toolkit } model

    /// <summary>
    /// Asks the model, runs the tools that it calls, all of an answer at once, and goes on with their outputs: at most so many rounds. A tool
    /// that fails does not end the loop, for its failure is an output; a call that fails does.
    /// </summary>
    /// <example><c>model |> ToolLoop.run 8 library toolkit [ Message.user "Find me a book" ] cancellationToken</c></example>
    let run
        (rounds: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (messages: Message list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<ToolLoopEnd, LlmError>> =
        let equipped = withTools toolkit model

        cancellableTaskResult {
            let! response = fun cancellationToken -> Model.call messages cancellationToken equipped
            return! goOn rounds context toolkit response equipped
        }
        |> fun work -> work cancellationToken

    /// <summary>Goes on after calls that waited were approved or rejected; results that still wait give <c>Waiting</c> again.</summary>
    let resume
        (rounds: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (response: Response)
        (results: ToolResult list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<ToolLoopEnd, LlmError>> =
        settled rounds context toolkit response results (withTools toolkit model) cancellationToken

/// <summary>An answer in a format: the value, or what is wrong with the text, and the response with the whole conversation.</summary>
[<NoComparison; NoEquality>]
type FormattedAnswer<'value> =
    {
        /// The value, or why the text is none.
        Value: Result<'value, ParseProblem>
        /// The last response.
        Response: Response
    }

/// <summary>Asks for values.</summary>
[<RequireQualifiedAccess>]
module Formatted =
    let rec private check
        (retriesLeft: int)
        (format: Format<'value>)
        (response: Response)
        (model: Model)
        (cancellationToken: CancellationToken)
        : Task<Result<FormattedAnswer<'value>, LlmError>> = task {
        match Format.parse (Response.text response) format with
        | Error problem when retriesLeft > 0 ->
            match! Model.resume response [ UserPart.Text(ParseProblem.retryMessage problem) ] cancellationToken model with
            | Ok next -> return! check (retriesLeft - 1) format next model cancellationToken
            | Error error -> return Error error
        | value -> return Ok { Value = value; Response = response }
    }

    /// <summary>
    /// Asks the model for a value; where the answer does not fit, tells it what is wrong and asks again, at most so many times.
    /// </summary>
    /// <example><c>model |> Formatted.call (Format.ofType&lt;Book&gt; ()) 1 [ Message.user "Recommend a book" ] cancellationToken</c></example>
    let call
        (format: Format<'value>)
        (retries: int)
        (messages: Message list)
        (cancellationToken: CancellationToken)
        (model: Model)
        : Task<Result<FormattedAnswer<'value>, LlmError>> =
        let formatted = Model.withFormat format.Output model

        cancellableTaskResult {
            let! response = fun cancellationToken -> Model.call messages cancellationToken formatted
            return! check retries format response formatted
        }
        |> fun work -> work cancellationToken
