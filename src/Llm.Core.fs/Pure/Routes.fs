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

    /// A suffix of the model's name chooses the format; else audio, which only chat completions hears and speaks, does.
    let chatOrResponses (chat: Codec) (responses: Codec) (request: Request) : Result<struct (Codec * Request), LlmError> =
        if request.Model.EndsWith(chatSuffix, StringComparison.Ordinal) then
            Ok(struct (chat, withoutSuffix chatSuffix request))
        elif request.Model.EndsWith(responsesSuffix, StringComparison.Ordinal) then
            Ok(struct (responses, withoutSuffix responsesSuffix request))
        elif hasAudio request || request.Params.Speech.IsSome then
            Ok(struct (chat, request))
        else
            Ok(struct (responses, request))

    /// One format for all requests.
    let only (codec: Codec) (provider: Provider) : Provider = { provider with Route = fun request -> Ok(struct (codec, request)) }

    /// A provider of two formats, by its prefixes: the one that chooses, and one for each format, for names that should stay as they are.
    let chatAndResponses (prefix: string) (chat: Codec) (responses: Codec) (provider: Provider) : (string * Provider) list =
        [
            $"{prefix}/", { provider with Route = chatOrResponses chat responses }
            $"{prefix}:completions/", only chat provider
            $"{prefix}:responses/", only responses provider
        ]
