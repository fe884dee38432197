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
    let private resume (scope: Scope) (model: Model) : Continue =
        fun response content cancellationToken ->
            let prompt =
                Message.userParts content |> Result.map (fun message -> Prompt.ofMessages (response |> Response.followedBy [ message ]))

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

    /// A response that no model gave here, such as a kept one, has nobody to go on with: there is no round to ask.
    let private nobody: Continue =
        fun _ _ _ -> Task.FromResult(Error(LlmError.InvalidRequest("model", "no model gave this answer")))

    let private unparsable (problem: ParseProblem) (text: string) =
        LlmError.Unparsable(ParseProblem.render problem, ParseProblem.retryMessage problem, text)

    /// The value, or the error that stands for an answer that is none.
    let private valueOf (answer: FormattedAnswer<'value>) : Result<Response<'value>, LlmError> =
        match answer.Value, answer.Error with
        | Ok value, _ -> Ok { Value = value; Response = answer.Response }
        | Error _, Some error -> Error error
        | Error problem, None -> Error(unparsable problem (Response.text answer.Response))

    /// The work whose answer has this format.
    let inFormat (format: Format<'value>) (work: Llm<'output>) : Llm<'output> = Llm.within (forAnswer (Model.withFormat format.Output)) work

    /// The value of the answer.
    let formatted (retries: int) (format: Format<'value>) (work: Llm<Response>) : Llm<Response<'value>> =
        Llm(fun scope cancellationToken -> task {
            match! answered (Model.withFormat format.Output) work scope cancellationToken with
            | Error error, _ -> return Error error
            | Ok response, model ->
                let ask, retries =
                    match model with
                    | Some asked -> resume (Scope.unlabelled scope) asked, retries
                    | None -> nobody, 0

                let! answer = Formatted.check ask retries format response [] cancellationToken
                return valueOf answer
        })

    /// The work whose answer may use these tools, which are run.
    let equipped (rounds: int) (context: 'context) (toolkit: Toolkit<'context>) (work: Llm<Response>) : Llm<ToolLoopRun> =
        Llm(fun scope cancellationToken -> task {
            match! answered (ToolLoop.withTools toolkit) work scope cancellationToken with
            | Error error, _ -> return Error error
            | Ok response, model ->
                let ask, rounds =
                    match model with
                    | Some asked -> resume (Scope.unlabelled scope) asked, rounds
                    | None -> nobody, 0

                let! run = ToolLoop.goOn ask rounds context toolkit response [] cancellationToken
                return Ok run
        })
