// What is known of OpenAI's models by their names: data that both of its wire formats consult.
// A model that nobody knows yet is taken for one that reasons, as all new ones do.
namespace Llm.Core

open System

[<RequireQualifiedAccess>]
module internal OpenAIModel =
    /// https://platform.openai.com/docs/guides/images-vision: PNG, JPEG, WebP and GIF are taken.
    let refusedImages = [ "image/heic"; "image/heif" ]

    // Beginnings of names, made once: every call asks.
    let private plain = [ "gpt-3"; "gpt-4"; "chatgpt"; "gpt-5-chat"; "gpt-audio"; "gpt-realtime"; "davinci"; "babbage" ]

    let private withoutSchemas =
        [ "gpt-3"; "gpt-4o-2024-05-13"; "chatgpt"; "gpt-5-chat"; "o1-mini"; "o1-preview"; "davinci"; "babbage" ]

    let private withoutObjects = [ "gpt-4-0613"; "gpt-4-0314"; "gpt-4-32k"; "o1-mini"; "o1-preview"; "davinci"; "babbage" ]
    let private withoutTools = [ "chatgpt"; "o1-mini"; "o1-preview"; "davinci"; "babbage" ]
    let private deaf = [ "gpt-3"; "gpt-4"; "chatgpt"; "gpt-5"; "o1"; "o3"; "o4" ]
    let private reasoners = [ "o1"; "o3"; "o4" ]
    let private withSchemas = [ "gpt-4o"; "gpt-4." ]

    let rec private startsWith (prefixes: string list) (name: string) : bool =
        match prefixes with
        | [] -> false
        | prefix :: rest -> name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || startsWith rest name

    let private contains (part: string) (name: string) = name.Contains(part, StringComparison.OrdinalIgnoreCase)

    /// Fine-tuned models are named after what they were made from: <c>ft:gpt-4o:org::id</c>.
    let private baseName (name: string) = if name.StartsWith("ft:", StringComparison.OrdinalIgnoreCase) then name.Substring 3 else name

    /// Whether it reasons: one that does not refuses to be told how much.
    let reasons (fullName: string) : bool =
        let name = baseName fullName

        not (startsWith plain name) && not (contains "-chat-latest" name)

    /// The efforts of a model that reasons (platform.openai.com/docs/guides/reasoning), from little to much.
    let efforts (fullName: string) : string list =
        let name = baseName fullName

        if startsWith reasoners name then
            [ "low"; "medium"; "high" ]
        elif name.StartsWith("gpt-5.1", StringComparison.OrdinalIgnoreCase) then
            [ "none"; "low"; "medium"; "high" ]
        elif name.StartsWith("gpt-5.", StringComparison.OrdinalIgnoreCase) then
            [ "none"; "low"; "medium"; "high"; "xhigh" ]
        else
            [ "minimal"; "low"; "medium"; "high" ]

    /// Models from before strict schemas (platform.openai.com/docs/guides/structured-outputs), and those that never got them.
    let private lacksSchemas (name: string) : bool =
        let isGpt4 = name.StartsWith("gpt-4", StringComparison.OrdinalIgnoreCase) && not (startsWith withSchemas name)

        isGpt4 || startsWith withoutSchemas name || contains "audio" name

    /// Models that cannot be told to give any JSON.
    let private lacksObjects (name: string) : bool =
        name = "gpt-4" || startsWith withoutObjects name || contains "audio" name || contains "search-preview" name

    /// Models that call no tools, so none can be demanded of them.
    let private lacksTools (name: string) : bool = startsWith withoutTools name || contains "search-preview" name

    /// By what it can be held to a format.
    let formats (fullName: string) : FormatSupport =
        let name = baseName fullName
        let unless lacks = if lacks name then Support.No else Support.Yes

        {
            StrictSchemas = unless lacksSchemas
            // platform.openai.com/docs/guides/structured-outputs: additionalProperties must be false in every object.
            StrictMaps = Support.No
            JsonObjects = unless lacksObjects
            ForcedTools = unless lacksTools
        }

    /// Whether it knows <c>parallel_tool_calls</c>: the models whose names begin with o refuse it.
    let limitsCalls (fullName: string) : bool = not (startsWith reasoners (baseName fullName))

    /// Whether it speaks in chat completions: <c>gpt-audio</c>, <c>gpt-4o-audio-preview</c> and their kin.
    let speaks (fullName: string) : bool = contains "audio" (baseName fullName)

    /// Whether it hears audio in chat completions.
    let hearsAudio (fullName: string) : bool =
        let name = baseName fullName
        contains "audio" name || not (startsWith deaf name)
