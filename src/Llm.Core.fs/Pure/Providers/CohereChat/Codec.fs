// Cohere's v2 chat format as a codec: encoding and decoding put together for a dialect.
namespace Llm.Core

open System
open FsToolkit.ErrorHandling

/// <summary>
/// Cohere's v2 chat format (https://docs.cohere.com/reference/chat). A stream is proven complete by <c>message-end</c>. A tool plan is a
/// thought. Documents of text are sent as documents that the model may cite.
/// </summary>
/// <example><c>CohereChat.codec CohereDialect.standard</c></example>
[<RequireQualifiedAccess>]
module CohereChat =
    let private reader (provider: string) : EventReader<CohereState> =
        { new EventReader<CohereState>() with
            override reader.Hot(marks, state, event) = reader.Still(state, CohereFast.read marks state event)
            override _.Careful(state, event) = CohereDecode.careful provider state event
            override _.IsDone state = state.IsDone
        }

    /// What of a request is counted: texts alone.
    let private textsOf (request: Request) : Result<string list, string> =
        let ofUser part =
            match part with
            | UserPart.Text text -> Ok text
            | UserPart.ToolOutput output -> Ok output.Result
            | UserPart.Image _ -> Error "an image"
            | UserPart.Audio _ -> Error "audio"
            | UserPart.Document _ -> Error "a document"

        let ofAssistant part =
            match part with
            | AssistantPart.Text text
            | AssistantPart.Thought text -> Ok text
            | AssistantPart.ToolCall call -> Ok(call.Name + call.Arguments)
            | AssistantPart.Audio audio -> Ok audio.Transcript
            | AssistantPart.Image _ -> Error "an image"
            | AssistantPart.Other other -> Error $"'{other.Kind}'"

        let ofMessage message =
            match message with
            | Message.System text -> Ok [ text ]
            | Message.User user -> user.Content |> List.traverseResultM ofUser
            | Message.Assistant assistant -> assistant.Content |> List.traverseResultM ofAssistant

        if List.isEmpty request.Tools.Definitions && request.Format.IsNone then
            request.Messages |> List.traverseResultM ofMessage |> Result.map List.concat
        else
            Error "tools or a format"

    /// https://docs.cohere.com/reference/tokenize counts a text: the roles of messages, which cost a few tokens each, are not in it.
    let private counter (dialect: CohereDialect) : TokenCounter =
        let ask (request: Request) (texts: string list) : EncodedRequest =
            {
                Path = "v1/tokenize"
                Headers = []
                Body =
                    Wire.body (fun writer ->
                        Wire.object writer (fun () ->
                            Wire.textProperty "model" request.Model writer
                            Wire.textProperty "text" (String.concat "\n" texts) writer))
                Warnings = []
                Format = None
            }

        let refuse (request: Request) what =
            let feature = $"counting the tokens of {what}"
            LlmError.FeatureNotSupported(feature, dialect.Provider, Some request.Model, Some "count a conversation of texts")

        {
            Encode =
                fun request ->
                    Request.validate request
                    |> Result.bind (fun request -> textsOf request |> Result.map (ask request) |> Result.mapError (refuse request))
            Decode = Inquiries.length dialect.Provider "tokens"
        }

    /// https://docs.cohere.com/reference/list-models
    let private listing (provider: string) : ModelListing =
        let names =
            {
                List = "models"
                Id = [ "name" ]
                IdPrefix = ""
                Name = []
                Created = []
                Input = [ "context_length" ]
                Output = []
                Next = Dom.nonEmpty "next_page_token" >> ValueOption.toOption
            }

        Inquiries.listing provider names (fun after ->
            match after with
            | Some token -> $"v1/models?endpoint=chat&page_size=1000&page_token={Uri.EscapeDataString token}"
            | None -> "v1/models?endpoint=chat&page_size=1000")

    /// <summary>The codec of a dialect.</summary>
    let codec (dialect: CohereDialect) : Codec =
        {
            Api = CohereEncode.api
            Target = Target.create dialect.Provider CohereEncode.api
            Encode = CohereEncode.request dialect
            DecodeWhole = CohereDecode.whole dialect.Provider
            DecodePlain = Codec.neverPlain
            Decoder = Decoder.ofReader (reader dialect.Provider) CohereState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = Some(counter dialect)
            ModelListing = Some(listing dialect.Provider)
        }
