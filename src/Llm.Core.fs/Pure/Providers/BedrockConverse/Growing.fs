// A content block of an answer of Converse: whole, or as it grows by deltas. What it is for the caller, and in the provider's own form.
// Called by the decoder for whole answers and for streams, so that both say the same.
namespace Llm.Core

open System.Runtime.InteropServices
open System.Text
open System.Text.Json

/// What a content block is for the caller.
[<RequireQualifiedAccess>]
type internal ConverseKind =
    | Text
    | Thought
    /// Reasoning that is encrypted.
    | Redacted
    | ToolCall
    /// What has no part of its own; the name of the union's member.
    | Other of name: string

/// A content block that has begun.
type internal ConverseGrowing =
    {
        /// The index of its part.
        Part: int
        Kind: ConverseKind
        /// Whether its deltas need nothing but to be passed on.
        IsPassing: bool
        /// The members that it began with or was given whole: names without quotes and JSON, both as they came.
        Members: (string * string) list
        /// Text beside the part's own: a thought's signature, the input of a tool that is not the caller's.
        Text: TextBuffer
        /// JSON of what came in a list: citations, contents of a result. The last one first.
        Items: string list
        /// Encrypted reasoning, the last piece first.
        Redacted: Bytes list
    }

[<RequireQualifiedAccess>]
module internal ConverseGrowing =
    let private members (element: JsonElement) : (string * string) list =
        if Dom.isObject element then
            // The name as it came: a lone surrogate in it would throw, and it is only sent back.
            [
                for property in element.EnumerateObject() ->
                    Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName property), Dom.rawText property.Value
            ]
        else
            []

    /// Replaces a member's JSON where it stands, or appends it.
    let private set (name: string) (json: string) (members: (string * string) list) : (string * string) list =
        if List.exists (fun (key, _) -> key = name) members then
            members |> List.map (fun (key, old) -> key, (if key = name then json else old))
        else
            members @ [ name, json ]

    let private has (name: string) (members: (string * string) list) = List.exists (fun (key, _) -> key = name) members

    let private unknown = "unknown"

    /// The member that a union is: the first one that is not null and no padding.
    let private unionMember (element: JsonElement) : struct (string * JsonElement) voption =
        if Dom.isObject element then
            element.EnumerateObject()
            |> Seq.tryFind (fun property -> property.Value.ValueKind <> JsonValueKind.Null)
            |> Option.map (fun property -> struct (Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName property), property.Value))
            |> ValueOption.ofOption
        else
            ValueNone

    /// A tool that runs at the provider's side says so.
    let private isOurTool (toolUse: JsonElement) : bool =
        match Dom.nonEmpty "type" toolUse with
        | ValueSome kind -> kind = "tool_use"
        | ValueNone -> true

    let private growing (part: int) (kind: ConverseKind) : ConverseGrowing =
        {
            Part = part
            Kind = kind
            IsPassing = false
            Members = []
            Text = TextBuffer.empty
            Items = []
            Redacted = []
        }

    /// Text or thought begins with its first characters.
    let private pass (text: string) (block: ConverseGrowing) : struct (Chunk list * ConverseGrowing) =
        let start, delta =
            match block.Kind with
            | ConverseKind.Thought -> Chunk.ThoughtStart block.Part, Chunk.ThoughtDelta(block.Part, text)
            | _ -> Chunk.TextStart block.Part, Chunk.TextDelta(block.Part, text)

        match text with
        | "" -> struct ([], block)
        | _ when block.IsPassing -> struct ([ delta ], block)
        | _ -> struct ([ start; delta ], { block with IsPassing = true })

    let private toolStart (part: int) (toolUse: JsonElement) : struct (Chunk * (string * string) list) =
        let id = Dom.nonEmpty "toolUseId" toolUse |> ValueOption.defaultWith (fun () -> ToolCallId.make None part)
        let name = Dom.string "name" toolUse |> ValueOption.defaultValue ""
        struct (Chunk.ToolCallStart(part, id, name), members toolUse |> set "toolUseId" (Json.quote id))

    /// The beginning of a block that says what it is.
    let start (part: int) (beginning: JsonElement) : struct (Chunk list * ConverseGrowing) =
        match unionMember beginning with
        | ValueSome(struct ("toolUse", toolUse)) when isOurTool toolUse ->
            let struct (chunk, all) = toolStart part toolUse
            struct ([ chunk ], { growing part ConverseKind.ToolCall with IsPassing = true; Members = all })
        | ValueSome(struct (name, value)) -> struct ([], { growing part (ConverseKind.Other name) with Members = members value })
        | ValueNone -> struct ([], growing part (ConverseKind.Other unknown))

    /// What a delta belongs to. Blocks of text and of reasoning begin with their first delta.
    let kindOfDelta (delta: JsonElement) : ConverseKind voption =
        match unionMember delta with
        | ValueSome(struct (("text" | "citation"), _)) -> ValueSome ConverseKind.Text
        | ValueSome(struct ("reasoningContent", reasoning)) when Dom.has "redactedContent" reasoning -> ValueSome ConverseKind.Redacted
        | ValueSome(struct ("reasoningContent", _)) -> ValueSome ConverseKind.Thought
        | ValueSome(struct ("toolUse", _)) -> ValueSome ConverseKind.ToolCall
        | ValueSome(struct (name, _)) -> ValueSome(ConverseKind.Other name)
        | ValueNone -> ValueNone

    /// A block that its first delta begins.
    let ofDelta (part: int) (kind: ConverseKind) : ConverseGrowing = growing part kind

    /// Whether a delta of a kind may be the block's. The input of a tool at the provider's side looks like that of any other.
    let takes (kind: ConverseKind) (block: ConverseGrowing) : bool =
        block.Kind.Equals kind || (kind.IsToolCall && block.Kind.Equals(ConverseKind.Other "toolUse"))

    let private append (text: string) (block: ConverseGrowing) =
        if text = "" then block else { block with Text = TextBuffer.append text block.Text }

    let private addOther (value: JsonElement) (block: ConverseGrowing) : ConverseGrowing =
        match value.ValueKind with
        | JsonValueKind.Array -> { block with Items = List.rev (List.map Dom.rawText (Dom.asItems value)) @ block.Items }
        | JsonValueKind.Object ->
            { block with
                Members = members value |> List.fold (fun all (name, json) -> set name json all) block.Members
            }
        | _ -> block

    /// What a delta that the block takes adds to it.
    let delta (delta: JsonElement) (block: ConverseGrowing) : struct (Chunk list * ConverseGrowing) =
        let text name value = Dom.string name value |> ValueOption.defaultValue ""

        match unionMember delta, block.Kind with
        | ValueSome(struct ("text", value)), ConverseKind.Text -> pass (Dom.asString value |> ValueOption.defaultValue "") block
        | ValueSome(struct ("citation", citation)), ConverseKind.Text ->
            struct ([], { block with Items = Dom.rawText citation :: block.Items })
        | ValueSome(struct (_, reasoning)), ConverseKind.Thought -> pass (text "text" reasoning) (append (text "signature" reasoning) block)
        | ValueSome(struct (_, reasoning)), ConverseKind.Redacted ->
            match Bytes.tryOfBase64 (text "redactedContent" reasoning) with
            | Some bytes -> struct ([], { block with Redacted = bytes :: block.Redacted })
            | None -> struct ([], block)
        | ValueSome(struct (_, toolUse)), ConverseKind.ToolCall ->
            match text "input" toolUse with
            | "" -> struct ([], block)
            | input -> struct ([ Chunk.ToolCallDelta(block.Part, input) ], block)
        | ValueSome(struct (_, toolUse)), ConverseKind.Other "toolUse" -> struct ([], append (text "input" toolUse) block)
        | ValueSome(struct (_, value)), ConverseKind.Other _ -> struct ([], addOther value block)
        | _ -> struct ([], block)

    let private object (members: (string * string) list) : string =
        members |> List.map (fun (name, json) -> "\"" + name + "\":" + json) |> String.concat "," |> fun all -> "{" + all + "}"

    let private array (items: string list) : string = items |> List.rev |> String.concat "," |> sprintf "[%s]"

    /// The text that citations are for, all of it: they stand between its pieces.
    let private citedText (content: JsonElement) : string =
        Dom.items "content" content
        |> List.map (fun item -> Dom.string "text" item |> ValueOption.defaultValue "")
        |> String.concat ""

    /// A tool's or result's own type, else the name of the union's member.
    let private other (name: string) (value: JsonElement) (block: JsonElement) : AssistantPart =
        AssistantPart.Other { Kind = Dom.nonEmpty "type" value |> ValueOption.defaultValue name; Json = Dom.raw block }

    let private image (value: JsonElement) (block: JsonElement) : AssistantPart =
        let data =
            Dom.path [ "source"; "bytes" ] value
            |> ValueOption.bind Dom.asString
            |> ValueOption.toOption
            |> Option.bind Bytes.tryOfBase64

        match Dom.nonEmpty "format" value, data with
        | ValueSome format, Some bytes -> AssistantPart.Image(Image.Inline($"image/{format}", bytes))
        | _ -> other "image" value block

    let private wholeInput (toolUse: JsonElement) : string =
        match Dom.property "input" toolUse with
        | ValueSome input when Dom.isObject input -> if Seq.isEmpty (input.EnumerateObject()) then "" else Dom.rawText input
        | ValueSome input -> Dom.asString input |> ValueOption.defaultWith (fun () -> Dom.rawText input)
        | ValueNone -> ""

    let private wholeText (part: int) (text: string) : Chunk list =
        if text = "" then [] else [ Chunk.TextStart part; Chunk.TextDelta(part, text); Chunk.TextEnd part ]

    let private wholeTool (part: int) (toolUse: JsonElement) : Chunk list =
        let struct (start, _) = toolStart part toolUse

        match wholeInput toolUse with
        | "" -> [ start; Chunk.ToolCallEnd part ]
        | input -> [ start; Chunk.ToolCallDelta(part, input); Chunk.ToolCallEnd part ]

    let private wholeReasoning (part: int) (reasoning: JsonElement) (block: JsonElement) : Chunk list =
        match Dom.property "reasoningText" reasoning |> ValueOption.bind (Dom.nonEmpty "text") with
        | ValueSome thought -> [ Chunk.ThoughtStart part; Chunk.ThoughtDelta(part, thought); Chunk.ThoughtEnd part ]
        | ValueNone when Dom.has "redactedContent" reasoning -> [ Chunk.Part(part, other "redactedContent" reasoning block) ]
        | ValueNone -> []

    /// The chunks of a block that is whole.
    let whole (part: int) (block: JsonElement) : Chunk list =
        match unionMember block with
        | ValueSome(struct ("text", text)) -> wholeText part (Dom.asString text |> ValueOption.defaultValue "")
        | ValueSome(struct ("citationsContent", content)) -> wholeText part (citedText content)
        | ValueSome(struct ("reasoningContent", reasoning)) -> wholeReasoning part reasoning block
        | ValueSome(struct ("toolUse", toolUse)) when isOurTool toolUse -> wholeTool part toolUse
        | ValueSome(struct ("image", value)) -> [ Chunk.Part(part, image value block) ]
        | ValueSome(struct (name, value)) -> [ Chunk.Part(part, other name value block) ]
        | ValueNone -> []

    /// The provider's own form of a block that came whole: as it came, save an id that had to be made.
    let wholeNative (part: int) (block: JsonElement) : NativeFragment list =
        match unionMember block with
        | ValueSome(struct ("toolUse", toolUse)) when isOurTool toolUse && (Dom.nonEmpty "toolUseId" toolUse).IsNone ->
            let struct (_, all) = toolStart part toolUse
            [ NativeFragment.Raw(object [ "toolUse", object all ]) ]
        | _ -> [ NativeFragment.Raw(Dom.rawText block) ]

    /// A block that no part of its own follows, put together from what came.
    let private composed (name: string) (block: ConverseGrowing) : string =
        let withText =
            if block.Text.Length = 0 then
                block.Members
            else
                set "input" (Json.text (Wire.argumentsObject (block.Text.ToString()))) block.Members

        let withItems =
            if List.isEmpty block.Items || has "content" withText then
                withText
            else
                set "content" (array block.Items) withText

        object [ name, object withItems ]

    let private redacted (block: ConverseGrowing) : string =
        let data = block.Redacted |> List.rev |> Bytes.concat |> Bytes.toBase64
        object [ "reasoningContent", object [ "redactedContent", Json.quote data ] ]

    let private composedPart (part: int) (json: string) : struct (Chunk list * NativeFragment list) =
        let chunks = Dom.parse (System.ReadOnlyMemory(Encoding.UTF8.GetBytes json)) (whole part) |> Result.defaultValue []
        struct (chunks, [ NativeFragment.Raw json ])

    let private textNative (block: ConverseGrowing) : NativeFragment list =
        let text = NativeFragment.TextOf block.Part

        match block.Items with
        | _ when not block.IsPassing -> []
        | [] -> [ NativeFragment.Raw "{\"text\":"; text; NativeFragment.Raw "}" ]
        | citations ->
            [
                NativeFragment.Raw "{\"citationsContent\":{\"content\":[{\"text\":"
                text
                NativeFragment.Raw("}],\"citations\":" + array citations + "}}")
            ]

    let private thoughtNative (block: ConverseGrowing) : NativeFragment list =
        let ending =
            if block.Text.Length = 0 then
                "}}}"
            else
                ",\"signature\":" + Json.quote (block.Text.ToString()) + "}}}"

        if block.IsPassing || not (block.Text.Length = 0) then
            [
                NativeFragment.Raw "{\"reasoningContent\":{\"reasoningText\":{\"text\":"
                NativeFragment.TextOf block.Part
                NativeFragment.Raw ending
            ]
        else
            []

    let private toolNative (block: ConverseGrowing) : NativeFragment list =
        let began =
            block.Members
            |> List.filter (fun (name, _) -> name <> "input")
            |> List.map (fun (name, json) -> "\"" + name + "\":" + json + ",")

        [
            NativeFragment.Raw("{\"toolUse\":{" + String.concat "" began + "\"input\":")
            NativeFragment.ArgumentsOf block.Part
            NativeFragment.Raw "}}"
        ]

    /// The end of a block: its last chunks, and its own form, which is empty where there is nothing to keep.
    let finish (block: ConverseGrowing) : struct (Chunk list * NativeFragment list) =
        match block.Kind with
        | ConverseKind.Text -> struct ((if block.IsPassing then [ Chunk.TextEnd block.Part ] else []), textNative block)
        | ConverseKind.Thought -> struct ((if block.IsPassing then [ Chunk.ThoughtEnd block.Part ] else []), thoughtNative block)
        | ConverseKind.ToolCall -> struct ([ Chunk.ToolCallEnd block.Part ], toolNative block)
        | ConverseKind.Redacted -> composedPart block.Part (redacted block)
        | ConverseKind.Other name -> composedPart block.Part (composed name block)
