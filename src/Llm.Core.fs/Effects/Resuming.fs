// Going on from what came: a response or a stream that broke off, with the model, parameters, tools and format that it was asked with.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// Adds to <see cref="T:Llm.Core.Model"/>, <see cref="T:Llm.Core.Response"/> and <see cref="T:Llm.Core.Interruption"/> what calls again.
[<AutoOpen>]
module Resuming =
    /// What of an answer that broke off is not sent back.
    let internal droppedWarnings (interruption: Interruption) (continuation: Continuation) : Warning list =
        continuation.Dropped
        |> List.map (fun dropped ->
            {
                Provider = interruption.Provider
                Model = interruption.ProviderModel
                Feature = "interrupted"
                Message = $"Going on with an answer that broke off without what cannot be sent back: {Dropped.render dropped}"
            })

    /// Functions on <see cref="T:Llm.Core.Model"/>.
    [<RequireQualifiedAccess>]
    module Model =
        /// <summary>Goes on with a response's conversation: its messages, and the user's next one. Any model may go on.</summary>
        /// <example><c>model |> Model.resume response [ UserPart.Text "Why that one?" ] cancellationToken</c></example>
        let resume
            (response: Response)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (model: Model)
            : Task<Result<Response, LlmError>> =
            match Message.userParts content with
            | Ok message -> Model.call (response |> Response.followedBy [ message ]) cancellationToken model
            | Error error -> Task.FromResult(Error error)

        /// <summary>As <c>resume</c>, with the answer as a stream.</summary>
        let resumeStream
            (response: Response)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (model: Model)
            : Task<Result<StreamResponse, LlmError>> =
            match Message.userParts content with
            | Ok message -> Model.stream (response |> Response.followedBy [ message ]) cancellationToken model
            | Error error -> Task.FromResult(Error error)

        /// <summary>
        /// Goes on with an answer that broke off: the model is given what it was asked, what came of its answer, and the user's content that asks
        /// it to go on, or <c>Interruption.goOn</c> where that is empty. The response holds the whole conversation; what could not be sent back is
        /// said by its warnings. Any model may go on.
        /// </summary>
        /// <example><c>model |> Model.resumeInterrupted interruption [] cancellationToken</c></example>
        let resumeInterrupted
            (interruption: Interruption)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (model: Model)
            : Task<Result<Response, LlmError>> =
            match Interruption.continuation content interruption with
            | Ok next -> Model.callInForce (droppedWarnings interruption next) next.Messages cancellationToken (Model.inForce model)
            | Error error -> Task.FromResult(Error error)

        /// A stream of the rest of an answer, which connects when it is first read, and the conversation that it goes on with.
        let internal resumeInterruptedLazily (interruption: Interruption) (content: UserPart list) (model: Model) =
            Interruption.continuation content interruption
            |> Result.bind (fun next ->
                Model.streamInForce (droppedWarnings interruption next) next.Messages (Model.inForce model)
                |> Result.map (fun live -> struct (live, next.Messages)))

        /// <summary>As <c>resumeInterrupted</c>, with the rest of the answer as a stream.</summary>
        let resumeInterruptedStream
            (interruption: Interruption)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (model: Model)
            : Task<Result<StreamResponse, LlmError>> =
            resumeInterruptedLazily interruption content model
            |> Result.map (fun (struct (live, _)) -> live)
            |> Model.opened cancellationToken

    /// Functions on <see cref="T:Llm.Core.Response"/>.
    [<RequireQualifiedAccess>]
    module Response =
        /// <summary>
        /// Goes on with a response's conversation: its messages, and the user's next one, to the model that answered, with the same
        /// parameters, tools and format; or to the model that is in force (<c>Model.overrideWith</c>).
        /// </summary>
        /// <example><c>response |> Response.resume Client.standard [ UserPart.Text "Why that one?" ] cancellationToken</c></example>
        let resume
            (client: Client)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (response: Response)
            : Task<Result<Response, LlmError>> =
            Model.ofResponse client response |> Model.resume response content cancellationToken

        /// <summary>As <c>resume</c>, with the answer as a stream.</summary>
        let resumeStream
            (client: Client)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (response: Response)
            : Task<Result<StreamResponse, LlmError>> =
            Model.ofResponse client response |> Model.resumeStream response content cancellationToken

    /// <summary>Functions on <see cref="T:Llm.Core.Interruption"/>.</summary>
    [<RequireQualifiedAccess>]
    module Interruption =
        /// <summary>
        /// Goes on with an answer that broke off, by the model that gave it or the one in force, with the same parameters, tools and format.
        /// The conversation is that of <c>Interruption.continuation</c>; what it leaves out is said by warnings.
        /// </summary>
        /// <example><c>interruption |> Interruption.resume Client.standard [] cancellationToken</c></example>
        let resume
            (client: Client)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (interruption: Interruption)
            : Task<Result<Response, LlmError>> =
            Model.ofInterruption client interruption |> Model.resumeInterrupted interruption content cancellationToken

        /// <summary>As <c>resume</c>, with the answer as a stream.</summary>
        let resumeStream
            (client: Client)
            (content: UserPart list)
            (cancellationToken: CancellationToken)
            (interruption: Interruption)
            : Task<Result<StreamResponse, LlmError>> =
            Model.ofInterruption client interruption |> Model.resumeInterruptedStream interruption content cancellationToken
