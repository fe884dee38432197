// The page of providers, written from what the encoders say. Called by its test, which compares it with docs/providers.md.
module Llm.Core.Tests.ProvidersPage

open System
open Llm.Core

let private nameOf (feature: Feature) : string =
    match feature with
    | Feature.Streaming -> "streaming"
    | Feature.Tools -> "tools"
    | Feature.RequiredTool -> "tool choice: required"
    | Feature.NamedTool -> "tool choice: one"
    | Feature.NoTool -> "tool choice: none"
    | Feature.StrictTools -> "strict tools"
    | Feature.WebSearch -> "web search"
    | Feature.StrictFormat -> "format: strict"
    | Feature.ToolFormat -> "format: tool"
    | Feature.JsonFormat -> "format: JSON"
    | Feature.FormatWithTools -> "format beside tools"
    | Feature.Thinking -> "thinking"
    | Feature.NoThinking -> "no thinking"
    | Feature.ImageBytes -> "image, bytes"
    | Feature.ImageUrl -> "image, url"
    | Feature.AudioBytes -> "audio"
    | Feature.DocumentBytes -> "document, bytes"
    | Feature.DocumentText -> "document, text"
    | Feature.DocumentUrl -> "document, url"
    | Feature.MaxTokens -> "`MaxTokens`"
    | Feature.Temperature -> "`Temperature`"
    | Feature.TopP -> "`TopP`"
    | Feature.TopK -> "`TopK`"
    | Feature.Seed -> "`Seed`"
    | Feature.StopSequences -> "`StopSequences`"
    | Feature.PromptCaching -> "`PromptCaching`"
    | Feature.TokenCounting -> "token counting"
    | Feature.ModelListing -> "list of models"

let private cell (feature: Feature) (family: ModelFamily) : string =
    match Capability.ofModel family.Example feature Vendors.registry with
    | Ok Capability.Supported -> "yes"
    | Ok Capability.Unsaid -> "as it is"
    | Ok(Capability.LeftOut _) -> "left out"
    | Ok(Capability.Refused(_, Some instead)) -> $"no: {instead}"
    | Ok(Capability.Refused(reason, None)) -> $"no: {reason}"
    | Error error -> LlmError.render error

let private row (cells: string list) = "| " + String.Join(" | ", cells) + " |"

let private section (prefix: string) : string list =
    let families = ModelFamily.ofPrefix prefix

    [
        $"## `{prefix}`"
        ""
        row ("" :: (families |> List.map (fun family -> $"{family.Name}<br>`{family.Example}`")))
        row ("---" :: (families |> List.map (fun _ -> "---")))
        for feature in Feature.all do
            row (nameOf feature :: List.map (cell feature) families)
        ""
    ]

let private head =
    [
        "# What each provider can be asked for"
        ""
        "Written by a test from what the encoders do (`LLM_APPROVE_DOCS=1 dotnet test tests/Llm.Core.Tests --filter ProvidersPage`), so it"
        "cannot say anything else than the code. `Capability.ofModel` (F#) and `client.GetCapability` (C#) say the same of any model id."
        ""
        "- **yes**: the request says it."
        "- **as it is**: nothing has to be said; the model is so by itself, or caches by itself."
        "- **left out**: the call goes on without it, with a warning on the response."
        "- **no**: the call is refused before the wire; what to do instead."
        ""
        "Models that the library does not know by name are taken for the newest of their vendor; what they refuse is the vendor's error."
        "`Default` and unset parameters are always left to the vendor."
        ""
        "The cells are from the vendors' documents. What depends on the model behind a host (LiteLLM, Together, Fireworks, Hugging Face, Azure AI,"
        "servers of one's own) no document settles: there **yes** says that the request says it. Claude on Vertex AI keeps to schemas only where"
        "the organization's policy allows it; so there only `FormatMode.Strict` and `Strict` ask for it, never an open mode."
        ""
        "Not read, whoever sends it: apis that generate nothing (stored answers, other functions of a server), and Bedrock's InvokeModel for"
        "models other than Claude, which has a format for each maker: Converse serves them all in one. Ollama's `api/generate` is read, and not"
        "written: `api/chat` takes a prompt as well. Custom tool calls of chat completions, whose input is no JSON, are read as provider parts"
        "(`AssistantPart.Other`) and go back as they came; the library offers tools with schemas only."
        ""
    ]

/// The page.
let text () : string =
    let sections = Registry.prefixes Vendors.registry |> List.collect section
    String.Join("\n", head @ sections).TrimEnd() + "\n"
