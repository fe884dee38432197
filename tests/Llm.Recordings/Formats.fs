// Which wire format an exchange speaks: by its address, and where there is none, by its api's name. All of it is data.
module Llm.Recordings.Formats

open System
open System.Text.RegularExpressions
open Llm.Recordings.Recording

/// The formats that the library reads.
[<RequireQualifiedAccess>]
type Format =
    | ChatCompletions
    | Responses
    | AnthropicMessages
    | GenerateContent
    | CohereChat
    | OllamaChat
    | OllamaGenerate
    | BedrockConverse

/// How the path of an address ends, and the format of what is there; None where no codec reads it yet. The first match counts.
let private endings: (string * Format option) list =
    [
        "/chat/completions$", Some Format.ChatCompletions
        "/responses$", Some Format.Responses
        "/messages$", Some Format.AnthropicMessages
        "/publishers/anthropic/models/[^/]+:(rawPredict|streamRawPredict)$", Some Format.AnthropicMessages
        ":(generateContent|streamGenerateContent)$", Some Format.GenerateContent
        "/model/[^/]*(anthropic|claude)[^/]*/(invoke|invoke-with-response-stream)$", Some Format.AnthropicMessages
        "/(invoke|invoke-with-response-stream)$", None
        "/(converse|converse-stream)$", Some Format.BedrockConverse
        "/v2/chat$", Some Format.CohereChat
        "/api/chat$", Some Format.OllamaChat
        "/api/generate$", Some Format.OllamaGenerate
    ]

/// Names of apis, for recordings that kept only the answer; the suite's own prefix is taken off.
let private names: (string * Format) list =
    [
        "completions", Format.ChatCompletions
        "openai-compat-completions", Format.ChatCompletions
        "openai-completions", Format.ChatCompletions
        "chat", Format.ChatCompletions
        "openai-chat", Format.ChatCompletions
        "ai-inference-chat", Format.ChatCompletions
        "mantle-chat", Format.ChatCompletions
        "openai-compat", Format.ChatCompletions
        "responses", Format.Responses
        "openai-responses", Format.Responses
        "mantle-responses", Format.Responses
        "messages", Format.AnthropicMessages
        "messages-beta", Format.AnthropicMessages
        "anthropic-messages", Format.AnthropicMessages
        "anthropic-rawPredict", Format.AnthropicMessages
        "generateContent", Format.GenerateContent
        "streamGenerateContent", Format.GenerateContent
        "google-generateContent", Format.GenerateContent
        "v2-chat", Format.CohereChat
        "converse", Format.BedrockConverse
        "converse-stream", Format.BedrockConverse
    ]

let private pathOf (url: string) = (url.Split('?', '#')[0]).TrimEnd '/'

let private ofName (provider: string) (api: string) : Format option =
    let name = api.Substring(api.LastIndexOf '/' + 1)

    match provider, name with
    | "ollama", "chat" -> Some Format.OllamaChat
    | "ollama", "generate" -> Some Format.OllamaGenerate
    | _ -> names |> List.tryFind (fun (known, _) -> known = name) |> Option.map snd

/// The format of an exchange; None where it generates nothing or no codec reads it yet.
let tryFormat (exchange: Exchange) : Format option =
    let path = pathOf exchange.Request.Url

    if not (String.Equals(exchange.Request.Method, "POST", StringComparison.OrdinalIgnoreCase)) then
        None
    elif path = "" then
        ofName exchange.Provider exchange.Api
    else
        endings |> List.tryFind (fun (ending, _) -> Regex.IsMatch(path, ending)) |> Option.bind snd

/// The name of a format, as codecs and origins have it.
let api (format: Format) : string =
    match format with
    | Format.ChatCompletions -> "chat"
    | Format.Responses -> "responses"
    | Format.AnthropicMessages -> "messages"
    | Format.GenerateContent -> "generateContent"
    | Format.BedrockConverse -> "converse"
    | Format.CohereChat -> "v2-chat"
    | Format.OllamaChat -> "ollama-chat"
    | Format.OllamaGenerate -> "ollama-generate"
