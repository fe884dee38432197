// What is known of OpenAI's models by their names: data that both of its wire formats consult.
// A model that nobody knows yet is taken for one that reasons, as all new ones do.
namespace Llm.Core

open System

[<RequireQualifiedAccess>]
module internal OpenAIModel =
    let private startsWith (prefixes: string list) (name: string) =
        prefixes |> List.exists (fun prefix -> name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))

    let private contains (part: string) (name: string) = name.Contains(part, StringComparison.OrdinalIgnoreCase)

    /// Fine-tuned models are named after what they were made from: <c>ft:gpt-4o:org::id</c>.
    let private baseName (name: string) = if startsWith [ "ft:" ] name then name.Substring 3 else name

    /// Whether it reasons: one that does not refuses to be told how much.
    let reasons (fullName: string) : bool =
        let name = baseName fullName

        not (startsWith [ "gpt-3"; "gpt-4"; "chatgpt"; "gpt-5-chat"; "gpt-audio"; "gpt-realtime"; "davinci"; "babbage" ] name)
        && not (contains "-chat-latest" name)

    /// The efforts of a model that reasons (platform.openai.com/docs/guides/reasoning), from little to much.
    let efforts (fullName: string) : string list =
        let name = baseName fullName

        if startsWith [ "o1"; "o3"; "o4" ] name then [ "low"; "medium"; "high" ]
        elif startsWith [ "gpt-5.1" ] name then [ "none"; "low"; "medium"; "high" ]
        elif startsWith [ "gpt-5." ] name then [ "none"; "low"; "medium"; "high"; "xhigh" ]
        else [ "minimal"; "low"; "medium"; "high" ]

    /// Whether it hears audio in chat completions.
    let hearsAudio (fullName: string) : bool =
        let name = baseName fullName
        contains "audio" name || not (startsWith [ "gpt-3"; "gpt-4"; "chatgpt"; "gpt-5"; "o1"; "o3"; "o4" ] name)
