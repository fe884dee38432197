// The codec that users of a provider get, for each provider of the recordings. A vendor without a dialect of its own speaks the standard.
module Llm.Recordings.Codecs

open Llm.Core
open Llm.Recordings.Formats
open Llm.Recordings.Recording

let private missing (api: string) : Codec =
    let error = LlmError.InvalidResponse(api, "this codec is not there yet", "")

    {
        Api = api
        Encode = fun _ -> Error error
        DecodeWhole = fun _ -> Error error
        Decoder = Decoder.create (fun _ _ -> Error error) (fun _ -> false) "start"
        DecodeError = fun _ -> error
    }

let private anthropicMessages =
    Map [ "vertexai", AnthropicMessages.codec AnthropicDialect.vertex; "bedrock", AnthropicMessages.codec AnthropicDialect.bedrock ]

let private dialectOf (dialects: Map<string, Codec>) (standard: Codec) (provider: string) : Codec =
    Map.tryFind provider dialects |> Option.defaultValue standard

let private codecOf (format: Format) (provider: string) : Codec =
    match format with
    | Format.ChatCompletions -> missing "chat"
    | Format.Responses -> OpenAiResponses.codec { OpenAiResponses.standard with Provider = provider }
    | Format.AnthropicMessages -> dialectOf anthropicMessages (AnthropicMessages.codec AnthropicDialect.standard) provider
    | Format.GenerateContent -> missing "generateContent"

/// The codec of an exchange; None where it generates nothing or no codec reads it yet.
let tryCodec (exchange: Exchange) : Codec option =
    tryFormat exchange |> Option.map (fun format -> codecOf format exchange.Provider)
