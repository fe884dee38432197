// Answers that take more than one turn: values that are asked for again until they fit, and tools that are run until the model answers. Each
// turn is asked as the first was: paid, and written down.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

[<RequireQualifiedAccess>]
module internal Answering =
    let private forAnswer (change: Model -> Model) (scope: Scope) : Scope =
        Scope.adapted { Apply = change; IsForAnswer = true; Origin = null } scope

    /// Work that gives a response, and the model that gave it.
    let private answered (change: Model -> Model) (work: Llm<Response>) (scope: Scope) (cancellationToken: CancellationToken) = task {
        let model = ref None

        let listening =
            { forAnswer change scope with
                Answered =
                    fun asked ->
                        model.Value <- Some asked
                        scope.Answered asked
            }

        let! result = work.Start(listening, cancellationToken)
        return result, model.Value
    }

    let private said (part: UserPart) : string =
        match part with
        | UserPart.Text text -> text
        | UserPart.ToolOutput output -> $"{output.Name}: {output.Result}"
        | _ -> "…"

    /// Asks the same model once more, with what the user says next.
    let private resume (model: Model) (response: Response) (content: UserPart list) (scope: Scope) (cancellationToken: CancellationToken) =
        let prompt = Message.userParts content |> Result.map (fun message -> Prompt.ofMessages (response.Messages @ [ message ]))

        let ask _ (prompt: Prompt) =
            Ok
                {
                    Model = model
                    Prompt = { prompt with Fields = response.Fields; Metadata = response.Metadata }
                    Output = id
                    Origin = null
                }

        (Asking.whole model.Id (box (String.concat "\n" (content |> List.map said))) (Llm.ofResult prompt) ask)
            .Start(scope, cancellationToken)

    let private unparsable (problem: ParseProblem) (text: string) =
        LlmError.Unparsable(ParseProblem.render problem, ParseProblem.retryMessage problem, text)

    let rec private check
        (retriesLeft: int)
        (format: Format<'value>)
        (response: Response)
        (model: Model option)
        (scope: Scope)
        (cancellationToken: CancellationToken)
        : Task<Result<Response<'value>, LlmError>> = task {
        let text = Response.text response

        match Format.parse text format, model with
        | Ok value, _ -> return Ok { Value = value; Response = response }
        | Error problem, Some asked when retriesLeft > 0 ->
            match! resume asked response [ UserPart.Text(ParseProblem.retryMessage problem) ] scope cancellationToken with
            | Ok next -> return! check (retriesLeft - 1) format next model scope cancellationToken
            | Error error -> return Error error
        | Error problem, _ -> return Error(unparsable problem text)
    }

    /// The work whose answer has this format.
    let inFormat (format: Format<'value>) (work: Llm<'output>) : Llm<'output> = Llm.within (forAnswer (Model.withFormat format.Output)) work

    /// The value of the answer.
    let formatted (retries: int) (format: Format<'value>) (work: Llm<Response>) : Llm<Response<'value>> =
        Llm(fun scope cancellationToken -> task {
            match! answered (Model.withFormat format.Output) work scope cancellationToken with
            | Error error, _ -> return Error error
            | Ok response, model -> return! check retries format response model (Scope.unlabelled scope) cancellationToken
        })

    let rec private goOn
        (roundsLeft: int)
        (context: 'context)
        (toolkit: Toolkit<'context>)
        (response: Response)
        (earlier: Response list)
        (model: Model)
        (scope: Scope)
        (cancellationToken: CancellationToken)
        : Task<ToolLoopRun> = task {
        let ended how = { ToolLoopRun.End = how; Response = response; Earlier = List.rev earlier }

        match Response.toolCalls response with
        | [] -> return ended ToolLoopEnd.Answered
        | calls when roundsLeft <= 0 -> return ended (ToolLoopEnd.OutOfRounds calls)
        | calls ->
            let! results = Toolkit.executeAll context calls cancellationToken toolkit

            match ToolResult.outputs results with
            | Error _ -> return ended (ToolLoopEnd.Waiting results)
            | Ok outputs ->
                match! resume model response (outputs |> List.map UserPart.ToolOutput) scope cancellationToken with
                | Error error -> return ended (ToolLoopEnd.Failed(results, error))
                | Ok next -> return! goOn (roundsLeft - 1) context toolkit next (response :: earlier) model scope cancellationToken
    }

    /// The work whose answer may use these tools, which are run.
    let equipped (rounds: int) (context: 'context) (toolkit: Toolkit<'context>) (work: Llm<Response>) : Llm<ToolLoopRun> =
        let withTools (model: Model) = Model.withTools { model.Tools with Definitions = Toolkit.definitions toolkit } model

        Llm(fun scope cancellationToken -> task {
            match! answered withTools work scope cancellationToken with
            | Error error, _ -> return Error error
            | Ok response, Some model ->
                let! run = goOn rounds context toolkit response [] model (Scope.unlabelled scope) cancellationToken
                return Ok run
            // A response that no model gave here, such as a kept one, has nobody to go on with.
            | Ok response, None ->
                let calls = Response.toolCalls response

                let how = if calls.IsEmpty then ToolLoopEnd.Answered else ToolLoopEnd.OutOfRounds calls

                return Ok { ToolLoopRun.End = how; Response = response; Earlier = [] }
        })
