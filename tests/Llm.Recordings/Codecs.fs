// The codec that users of a provider get, for each provider of the recordings. A vendor without a dialect of its own speaks the standard.
module Llm.Recordings.Codecs

open Llm.Core
open Llm.Recordings.Formats
open Llm.Recordings.Recording

let private chat: (string * ChatDialect) list =
    [
        "openai", ChatDialect.openai
        "openrouter", ChatDialect.openrouter
        "mistral", ChatDialect.mistral
        "groq", ChatDialect.groq
        "xai", ChatDialect.xai
        "together", ChatDialect.together
        "ollama", ChatDialect.ollama
        "other-deepseek", ChatDialect.deepseek
        "other-zai", ChatDialect.zai
    ]

let private messages: (string * AnthropicDialect) list =
    [ "vertexai", AnthropicDialect.vertex; "bedrock", AnthropicDialect.bedrock ]

let private generateContent: (string * GenerateContentDialect) list = [ "vertexai", GenerateContentDialect.vertex ]

let private dialectOf (dialects: (string * 'dialect) list) (standard: 'dialect) (provider: string) : 'dialect =
    dialects |> List.tryFind (fun (name, _) -> name = provider) |> Option.map snd |> Option.defaultValue standard

let private codecOf (format: Format) (provider: string) : Codec =
    match format with
    | Format.ChatCompletions -> ChatCompletions.codec (dialectOf chat (ChatDialect.standard provider) provider)
    | Format.Responses -> OpenAiResponses.codec { ResponsesDialect.standard with Provider = provider }
    | Format.AnthropicMessages -> AnthropicMessages.codec (dialectOf messages AnthropicDialect.standard provider)
    | Format.GenerateContent -> GenerateContent.codec (dialectOf generateContent GenerateContentDialect.standard provider)
    | Format.BedrockConverse -> BedrockConverse.codec { ConverseDialect.standard with Provider = provider }
    | Format.CohereChat -> CohereChat.codec { CohereDialect.standard with Provider = provider }
    | Format.OllamaChat -> OllamaChat.codec { OllamaDialect.standard with Provider = provider }
    | Format.OllamaGenerate -> OllamaChat.generate { OllamaDialect.standard with Provider = provider }

/// The codec of an exchange; None where it generates nothing or no codec reads it yet.
let tryCodec (exchange: Exchange) : Codec option = tryFormat exchange |> Option.map (fun format -> codecOf format exchange.Provider)
