// Ids of tool calls that came without one, as Gemini's mostly do: made by us, and recognised by us where a provider must not see them.
// Called by all decoders; by Gemini's encoder, which leaves them out.
namespace Llm.Core

[<RequireQualifiedAccess>]
module internal ToolCallId =
    /// What every id of ours begins with.
    let prefix = "llm_"

    // Together with the prefix and the index an id keeps within the 40 characters that the strictest provider allows.
    let private longestAnswerId = 28

    let private isSafe (character: char) = System.Char.IsAsciiLetterOrDigit character || character = '_' || character = '-'

    /// The id of the call that is the part with this index. The answer's id in it keeps the calls of a whole conversation apart, which
    /// other providers insist on when the conversation goes on there.
    let make (answer: string option) (index: int) : string =
        match answer with
        | Some id ->
            let safe = id |> String.filter isSafe
            prefix + safe.Substring(0, min safe.Length longestAnswerId) + "_" + string index
        | None -> prefix + string index

    /// The id as a provider knows it that may be sent none; None when it is ours.
    let sent (id: string) : string option = if id = "" || id.StartsWith(prefix, System.StringComparison.Ordinal) then None else Some id
