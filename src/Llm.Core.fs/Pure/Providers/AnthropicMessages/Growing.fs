// A content block of an answer as it grows: how it begins, what its deltas add, what it is at its end and in the provider's own form.
// Called by the decoder for whole answers and for streams alike, so that both say the same.
namespace Llm.Core

open System
open System.Collections.Generic
open System.Text
open System.Text.Json

/// What a content block is for the caller.
[<RequireQualifiedAccess>]
type internal AnthropicBlockKind =
    | Text
    | Thought
    | ToolCall
    /// What has no part of its own; the wire's type.
    | Other of kind: string

/// A content block that has begun.
type internal AnthropicGrowing =
    {
        /// The index of its part.
        Part: int
        Kind: AnthropicBlockKind
        /// Whether its deltas need nothing but to be passed on.
        IsPassing: bool
        /// What it began with, as it came, where it may go back as that; else empty.
        Raw: string
        /// The members that it began with: names without quotes, and JSON as it came.
        Members: (string * string) list
        /// Strings that deltas added to members, in the order in which they first did.
        Grown: (string * TextBuffer) list
        /// Citations that deltas added, the last one first.
        Citations: string list
    }

[<RequireQualifiedAccess>]
module internal AnthropicGrowing =
    /// A member's name as it stands between quotes, without escapes that it does not need.
    let private memberName (property: JsonProperty) : string =
        let quoted = Json.quote (Dom.nameOf property)
        quoted.Substring(1, quoted.Length - 2)

    let private members (block: JsonElement) : (string * string) list =
        if Dom.isObject block then
            [ for property in block.EnumerateObject() -> memberName property, Dom.rawText property.Value ]
        else
            []

    /// Replaces a member's JSON where it stands, or appends it.
    let private set (name: string) (value: 'value) (members: (string * 'value) list) : (string * 'value) list =
        if List.exists (fun (key, _) -> key = name) members then
            members |> List.map (fun (key, old) -> key, (if key = name then value else old))
        else
            members @ [ name, value ]

    let private find (name: string) (members: (string * 'value) list) : 'value voption =
        members |> List.tryFind (fun (key, _) -> key = name) |> Option.map snd |> ValueOption.ofOption

    /// A whole input that came with the beginning: an object that is not empty.
    let private wholeInput (block: JsonElement) : string voption =
        match Dom.property "input" block with
        | ValueSome input when Dom.isObject input && not (Seq.isEmpty (input.EnumerateObject())) -> ValueSome(Dom.rawText input)
        | _ -> ValueNone

    let private kindOf (block: JsonElement) : AnthropicBlockKind =
        match Dom.string "type" block with
        | ValueSome "text" -> AnthropicBlockKind.Text
        | ValueSome "thinking" -> AnthropicBlockKind.Thought
        | ValueSome "tool_use" -> AnthropicBlockKind.ToolCall
        | ValueSome kind -> AnthropicBlockKind.Other kind
        | ValueNone -> AnthropicBlockKind.Other "unknown"

    /// Text or thought begins with its first characters.
    let pass (text: string) (block: AnthropicGrowing) : struct (Chunk list * AnthropicGrowing) =
        let start, delta =
            match block.Kind with
            | AnthropicBlockKind.Thought -> Chunk.ThoughtStart block.Part, Chunk.ThoughtDelta(block.Part, text)
            | _ -> Chunk.TextStart block.Part, Chunk.TextDelta(block.Part, text)

        match text with
        | "" -> struct ([], block)
        | _ when block.IsPassing -> struct ([ delta ], block)
        | _ -> struct ([ start; delta ], { block with IsPassing = true })

    /// The arguments of a tool call begin with their first characters.
    let passArguments (arguments: string) (block: AnthropicGrowing) : struct (Chunk list * AnthropicGrowing) =
        match arguments with
        | "" -> struct ([], block)
        | _ when block.IsPassing -> struct ([ Chunk.ToolCallDelta(block.Part, arguments) ], block)
        | _ -> struct ([ Chunk.ToolCallDelta(block.Part, arguments) ], { block with IsPassing = true })

    /// Whether the wire gave a tool call no id, so that we did.
    let hasOurId (block: JsonElement) : bool = (kindOf block).IsToolCall && (Dom.nonEmpty "id" block).IsNone

    let private began (kind: AnthropicBlockKind) (members: (string * string) list) (part: int) : AnthropicGrowing =
        {
            Part = part
            Kind = kind
            IsPassing = false
            Raw = ""
            Members = members
            Grown = []
            Citations = []
        }

    let private emptyText = [ "type", "\"text\""; "text", "\"\"" ]

    /// The beginning of a text that says its type, and its text that is empty, and nothing else.
    let startEmptyText (part: int) : struct (Chunk list * AnthropicGrowing) = struct ([], began AnthropicBlockKind.Text emptyText part)

    /// The beginning of a block of the answer with this id.
    let start (answer: string option) (part: int) (block: JsonElement) : struct (Chunk list * AnthropicGrowing) =
        let growing = began (kindOf block) (members block) part

        match growing.Kind with
        | AnthropicBlockKind.Text -> pass (Dom.string "text" block |> ValueOption.defaultValue "") growing
        | AnthropicBlockKind.Thought -> pass (Dom.string "thinking" block |> ValueOption.defaultValue "") growing
        | AnthropicBlockKind.ToolCall ->
            let id = Dom.nonEmpty "id" block |> ValueOption.defaultWith (fun () -> ToolCallId.make answer part)
            let name = Dom.string "name" block |> ValueOption.defaultValue ""

            let known =
                if hasOurId block then
                    { growing with Members = set "id" (Json.quote id) growing.Members }
                else
                    growing

            // A whole input is held back until the end: some vendors send the same again as deltas.
            struct ([ Chunk.ToolCallStart(part, id, name) ], { known with IsPassing = (wholeInput block).IsNone })
        | AnthropicBlockKind.Other _ -> struct ([], { growing with Raw = Dom.rawText block })

    let private grow (name: string) (text: string) (block: AnthropicGrowing) : AnthropicGrowing =
        match text with
        | "" -> block
        | _ ->
            let before = find name block.Grown |> ValueOption.defaultValue TextBuffer.empty

            { block with Grown = set name (TextBuffer.append text before) block.Grown }

    let private growBy (name: string) (block: AnthropicGrowing) (delta: JsonElement) : AnthropicGrowing =
        match Dom.string name delta with
        | ValueSome text -> grow name text block
        | ValueNone -> block

    /// What a delta adds. A delta that does not fit its block, or that nobody knows, adds nothing.
    let delta (delta: JsonElement) (block: AnthropicGrowing) : struct (Chunk list * AnthropicGrowing) =
        let text name = Dom.string name delta |> ValueOption.defaultValue ""

        match Dom.string "type" delta, block.Kind with
        | ValueSome "text_delta", AnthropicBlockKind.Text -> pass (text "text") block
        | ValueSome "thinking_delta", AnthropicBlockKind.Thought -> pass (text "thinking") block
        | ValueSome "input_json_delta", AnthropicBlockKind.ToolCall -> passArguments (text "partial_json") block
        | ValueSome "input_json_delta", AnthropicBlockKind.Other _ -> struct ([], grow "input" (text "partial_json") block)
        | ValueSome "signature_delta", AnthropicBlockKind.Thought ->
            match Dom.property "signature" delta with
            | ValueSome signature -> struct ([], { block with Members = set "signature" (Dom.rawText signature) block.Members })
            | ValueNone -> struct ([], block)
        | ValueSome "citations_delta", AnthropicBlockKind.Text ->
            match Dom.property "citation" delta with
            | ValueSome citation -> struct ([], { block with Citations = Dom.rawText citation :: block.Citations })
            | ValueNone -> struct ([], block)
        | ValueSome "compaction_delta", AnthropicBlockKind.Other _ ->
            struct ([], [ "content"; "encrypted_content" ] |> List.fold (fun grown name -> growBy name grown delta) block)
        | _ -> struct ([], block)

    let private citations (block: AnthropicGrowing) : string voption =
        match block.Citations with
        | [] -> ValueNone
        | reversed -> reversed |> List.rev |> String.concat "," |> (fun items -> ValueSome $"[{items}]")

    /// The members at the end: those that grew say what they grew to.
    let private final (block: AnthropicGrowing) : (string * NativeFragment) list =
        let began = block.Members |> List.map (fun (name, json) -> name, NativeFragment.Raw json)

        match block.Kind with
        | AnthropicBlockKind.Text ->
            let withText = began |> set "text" (NativeFragment.TextOf block.Part)

            match citations block with
            | ValueSome all -> set "citations" (NativeFragment.Raw all) withText
            | ValueNone -> withText
        | AnthropicBlockKind.Thought -> set "thinking" (NativeFragment.TextOf block.Part) began
        | AnthropicBlockKind.ToolCall -> set "input" (NativeFragment.ArgumentsOf block.Part) began
        | AnthropicBlockKind.Other _ ->
            let value name (text: TextBuffer) =
                match name with
                | "input" -> Json.text (Wire.argumentsObject (text.ToString()))
                | _ -> Json.quote (text.ToString())

            block.Grown |> List.fold (fun members (name, text) -> set name (NativeFragment.Raw(value name text)) members) began

    let private endOfObject = [ NativeFragment.Raw "}" ]
    let private beforeText = NativeFragment.Raw "{\"type\":\"text\",\"text\":"

    /// The members as an object, in as few pieces as they can be said in.
    let private objectOf (members: (string * NativeFragment) list) : NativeFragment list =
        let pieces = List<NativeFragment>()
        let pending = StringBuilder()

        let flush () =
            if pending.Length > 0 then pieces.Add(NativeFragment.Raw(pending.ToString()))

            pending.Clear() |> ignore

        for name, fragment in members do
            pending.Append(if pieces.Count = 0 && pending.Length = 0 then "{\"" else ",\"").Append(name).Append "\":" |> ignore

            match fragment with
            | NativeFragment.Raw text -> pending.Append text |> ignore
            | reference ->
                flush ()
                pieces.Add reference

        pending.Append '}' |> ignore
        flush ()
        List.ofSeq pieces

    /// The provider's own form.
    let native (block: AnthropicGrowing) : NativeFragment list =
        match block.Kind with
        // As most texts are: what the same would give below, without making it anew.
        | AnthropicBlockKind.Text when Object.ReferenceEquals(block.Members, emptyText) && block.Citations.IsEmpty ->
            beforeText :: NativeFragment.TextOf block.Part :: endOfObject
        | AnthropicBlockKind.Other _ when block.Grown.IsEmpty -> [ NativeFragment.Raw block.Raw ]
        | _ -> objectOf (final block)

    let private rawNative (block: AnthropicGrowing) : Json =
        native block
        |> List.map (fun fragment ->
            match fragment with
            | NativeFragment.Raw text -> text
            | NativeFragment.Sent json -> Json.text json
            | NativeFragment.TextOf _
            | NativeFragment.ArgumentsOf _ -> "null")
        |> String.concat ""
        |> Json.trusted

    /// The end of a block.
    let finish (block: AnthropicGrowing) : Chunk list =
        match block.Kind with
        | AnthropicBlockKind.Text -> if block.IsPassing then [ Chunk.TextEnd block.Part ] else []
        | AnthropicBlockKind.Thought -> if block.IsPassing then [ Chunk.ThoughtEnd block.Part ] else []
        | AnthropicBlockKind.ToolCall when block.IsPassing -> [ Chunk.ToolCallEnd block.Part ]
        | AnthropicBlockKind.ToolCall ->
            match find "input" block.Members with
            | ValueSome input -> [ Chunk.ToolCallDelta(block.Part, input); Chunk.ToolCallEnd block.Part ]
            | ValueNone -> [ Chunk.ToolCallEnd block.Part ]
        | AnthropicBlockKind.Other kind -> [ Chunk.Part(block.Part, AssistantPart.Other { Kind = kind; Json = rawNative block }) ]
