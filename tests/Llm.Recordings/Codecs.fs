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
    [ "anthropic-beta", AnthropicDialect.beta []; "vertexai", AnthropicDialect.vertex; "bedrock", AnthropicDialect.bedrock ]

let private generateContent: (string * GenerateContentDialect) list = [ "vertexai", GenerateContentDialect.vertex ]

let private dialectOf (dialects: (string * 'dialect) list) (standard: 'dialect) (provider: string) : 'dialect =
    dialects |> List.tryFind (fun (name, _) -> name = provider) |> Option.map snd |> Option.defaultValue standard

let private chatOf (provider: string) : ChatDialect = dialectOf chat (ChatDialect.standard provider) provider

let private responsesOf (provider: string) : ResponsesDialect = { ResponsesDialect.standard with Provider = provider }

let private messagesOf: string -> AnthropicDialect = dialectOf messages AnthropicDialect.standard

let private generateContentOf: string -> GenerateContentDialect = dialectOf generateContent GenerateContentDialect.standard

/// The codec of a format in a provider's dialect.
let codecOf (format: Format) (provider: string) : Codec =
    match format with
    | Format.ChatCompletions -> ChatCompletions.codec (chatOf provider)
    | Format.Responses -> OpenAiResponses.codec (responsesOf provider)
    | Format.AnthropicMessages -> AnthropicMessages.codec (messagesOf provider)
    | Format.GenerateContent -> GenerateContent.codec (generateContentOf provider)
    | Format.BedrockConverse -> BedrockConverse.codec { ConverseDialect.standard with Provider = provider }
    | Format.CohereChat -> CohereChat.codec { CohereDialect.standard with Provider = provider }
    | Format.OllamaChat -> OllamaChat.codec { OllamaDialect.standard with Provider = provider }
    | Format.OllamaGenerate -> OllamaChat.generate { OllamaDialect.standard with Provider = provider }

/// What the dialect of a provider calls it: the provider of its messages' origin.
let providerId (format: Format) (provider: string) : string =
    match format with
    | Format.ChatCompletions -> (chatOf provider).Provider
    | Format.Responses -> (responsesOf provider).Provider
    | Format.AnthropicMessages -> (messagesOf provider).Provider
    | Format.GenerateContent -> (generateContentOf provider).Provider
    | Format.BedrockConverse
    | Format.CohereChat
    | Format.OllamaChat
    | Format.OllamaGenerate -> provider

/// The codec of an exchange; None where it generates nothing or no codec reads it yet.
let tryCodec (exchange: Exchange) : Codec option = tryFormat exchange |> Option.map (fun format -> codecOf format exchange.Provider)
