// Which of a provider's formats serves a request: by a suffix of the model's name, else by what the request holds.
// Used by Clouds.fs and Vendors.fs.
namespace Llm.Core

open System

[<RequireQualifiedAccess>]
module internal Routes =
    let private chatSuffix = ":completions"
    let private responsesSuffix = ":responses"

    let private hasAudio (request: Request) =
        request.Messages
        |> List.exists (fun message ->
            match message with
            | Message.User user ->
                user.Content
                |> List.exists (fun part ->
                    match part with
                    | UserPart.Audio _ -> true
                    | _ -> false)
            | Message.System _
            | Message.Assistant _ -> false)

    let private withoutSuffix (suffix: string) (request: Request) =
        { request with Model = request.Model.Substring(0, request.Model.Length - suffix.Length) }

    /// A suffix of the model's name chooses the format; else audio, which only chat completions hears and speaks, does. A format is made
    /// when a request first chooses it.
    let chatOrResponses (makeChat: unit -> Codec) (makeResponses: unit -> Codec) : Request -> Result<struct (Codec * Request), LlmError> =
        // Not by `lazy`, which is a function of FSharp.Core: those are compiled when a process first calls them.
        let chat = Lazy<Codec>(makeChat)
        let responses = Lazy<Codec>(makeResponses)

        fun request ->
            if request.Model.EndsWith(chatSuffix, StringComparison.Ordinal) then
                Ok(struct (chat.Value, withoutSuffix chatSuffix request))
            elif request.Model.EndsWith(responsesSuffix, StringComparison.Ordinal) then
                Ok(struct (responses.Value, withoutSuffix responsesSuffix request))
            elif hasAudio request || request.Params.Speech.IsSome then
                Ok(struct (chat.Value, request))
            else
                Ok(struct (responses.Value, request))

    /// One format for all requests.
    let only (codec: Codec) (provider: Provider) : Provider = { provider with Route = fun request -> Ok(struct (codec, request)) }
