// Reads output items: whole ones, from `output_item.done`, from the closing event and from whole answers alike, and the beginnings of
// those that a stream announces. What deltas brought already is not taken a second time.
namespace Llm.Core

open System
open System.Text.Json

[<RequireQualifiedAccess>]
module internal ResponsesItems =
    let private stringOf name (element: JsonElement) = Dom.string name element |> ValueOption.defaultValue ""

    let typeOf (item: JsonElement) : string =
        match Dom.nonEmpty "type" item with
        | ValueSome kind -> kind
        | ValueNone -> "unknown"

    let private ofElement (item: JsonElement) : ResponsesItem =
        {
            Type = typeOf item
            Id = stringOf "id" item
            CallId = stringOf "call_id" item
            Thoughts = ResponsesThoughts.Unknown
            Native = None
        }

    let private put slot item (state: ResponsesState) = { state with Items = Map.add slot item state.Items }

    let private isSame (first: string) (second: string) = first <> "" && first = second

    let private changeItem slot update =
        ResponsesState.change (fun state ->
            match Map.tryFind slot state.Items with
            | Some item -> put slot (update item) state
            | None -> state)

    /// The slot of an item that an event names: by `output_index`, else by `item_id`, else the newest.
    let slotOf (event: JsonElement) (state: ResponsesState) : int =
        match Dom.int "output_index" event with
        | ValueSome index when ResponsesState.isIndex index -> Map.tryFind index state.Slots |> Option.defaultValue index
        | _ ->
            let id = stringOf "item_id" event

            match state.Items |> Map.tryFindKey (fun _ item -> isSame item.Id id) with
            | Some slot -> slot
            | None -> max 0 (ResponsesState.nextSlot state - 1)

    /// An item whose parts an event speaks of, known or not yet announced; nothing where another type of item stands there.
    let expect (slot: int) (kind: string) (progression: ResponsesProgression) : ResponsesProgression voption =
        match Map.tryFind slot progression.State.Items with
        | Some item when item.Type = kind -> ValueSome progression
        | Some _ -> ValueNone
        | None ->
            let item = { Type = kind; Id = ""; CallId = ""; Thoughts = ResponsesThoughts.Unknown; Native = None }
            ValueSome(ResponsesState.change (put slot item) progression)

    /// The slot of an item that is announced or whole, with the item in it. A vendor that gives an index twice gets a new slot.
    let arrive (isWhole: bool) (event: JsonElement) (item: JsonElement) (progression: ResponsesProgression) =
        let fresh = ofElement item
        let state = progression.State

        let named =
            match Dom.int "output_index" event with
            | ValueSome index when ResponsesState.isIndex index -> ValueSome index
            | _ -> ValueNone

        let claimed =
            match named with
            | ValueSome index -> Map.tryFind index state.Slots |> Option.defaultValue index
            | ValueNone ->
                state.Items
                |> Map.tryFindKey (fun _ known -> isSame known.Id fresh.Id)
                |> Option.defaultValue (ResponsesState.nextSlot state)

        match Map.tryFind claimed state.Items with
        | None -> struct (claimed, ResponsesState.change (put claimed fresh) progression)
        | Some known when
            known.Type = fresh.Type
            && (isSame known.Id fresh.Id || (known.Native.IsNone && (isWhole || known.Id = "" || fresh.Id = "")))
            ->
            let merged =
                { known with
                    Id = if known.Id = "" then fresh.Id else known.Id
                    CallId = if known.CallId = "" then fresh.CallId else known.CallId
                }

            struct (claimed, (if merged = known then progression else ResponsesState.change (put claimed merged) progression))
        | Some _ ->
            let slot = ResponsesState.nextSlot state

            let displace (state: ResponsesState) =
                match named with
                | ValueSome index -> { put slot fresh state with Slots = Map.add index slot state.Slots; Hot = None }
                | ValueNone -> put slot fresh state

            struct (slot, ResponsesState.change displace progression)

    /// Takes thoughts from there, unless they are taken from the other place already.
    let claimThoughts (slot: int) (place: ResponsesThoughts) (progression: ResponsesProgression) : ResponsesProgression voption =
        match Map.tryFind slot progression.State.Items with
        | Some item when item.Thoughts = place -> ValueSome progression
        | Some item when item.Thoughts = ResponsesThoughts.Unknown ->
            ValueSome(changeItem slot (fun item -> { item with Thoughts = place }) progression)
        | _ -> ValueNone

    let private thought slot place sub (element: JsonElement) progression =
        let index = ResponsesState.partIndex slot sub

        if Dom.isFilled "text" element then
            match claimThoughts slot place progression with
            | ValueSome claimed -> ResponsesState.complete ResponsesPartKind.Thought index (fun () -> stringOf "text" element) claimed
            | ValueNone -> progression
        else
            ResponsesState.finish index progression

    /// The text that refuses is a text like others; that it refuses is remembered.
    let refuse (progression: ResponsesProgression) =
        if progression.State.IsRefused then
            progression
        else
            ResponsesState.change (fun state -> { state with IsRefused = true }) progression

    let private refusal slot sub (element: JsonElement) progression =
        (if Dom.isFilled "refusal" element then refuse progression else progression)
        |> ResponsesState.complete ResponsesPartKind.Text (ResponsesState.partIndex slot sub) (fun () -> stringOf "refusal" element)

    /// The type of item that has such a part.
    let homeOf (partType: string) : string =
        match partType with
        | "summary_text"
        | "reasoning_text" -> "reasoning"
        | _ -> "message"

    /// A part of a message's content or of an item of reasoning, whole.
    let part (slot: int) (sub: int) (element: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        let index = ResponsesState.partIndex slot sub

        match typeOf element with
        | "output_text"
        | "text" -> ResponsesState.complete ResponsesPartKind.Text index (fun () -> stringOf "text" element) progression
        | "refusal" -> refusal slot sub element progression
        | "summary_text" -> thought slot ResponsesThoughts.Summary sub element progression
        | "reasoning_text" -> thought slot ResponsesThoughts.Content sub element progression
        | kind -> ResponsesState.addWhole index (AssistantPart.Other { Kind = kind; Json = Dom.raw element }) progression

    let private message slot (item: JsonElement) progression =
        match Dom.property "content" item with
        | ValueSome content when content.ValueKind = JsonValueKind.String ->
            progression
            |> ResponsesState.complete ResponsesPartKind.Text (ResponsesState.partIndex slot 0) (fun () -> stringOf "content" item)
        | _ ->
            List.indexed (Dom.items "content" item)
            |> List.fold (fun sofar (sub, element) -> part slot sub element sofar) progression

    let private reasoning slot (item: JsonElement) progression =
        let read place (elements: JsonElement list) =
            List.indexed elements |> List.fold (fun sofar (sub, element) -> thought slot place sub element sofar) progression

        let summary = Dom.items "summary" item

        if List.exists (Dom.isFilled "text") summary then
            read ResponsesThoughts.Summary summary
        else
            read ResponsesThoughts.Content (Dom.items "content" item)

    /// The arguments are a string; where a vendor sends the object itself, its text.
    let argumentsOf (element: JsonElement) : string =
        match Dom.property "arguments" element with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> Dom.asString value |> ValueOption.defaultValue ""
        | ValueSome value when Dom.isObject value -> Dom.rawText value
        | _ -> ""

    /// A tool call without an id gets one of ours.
    let private callId (progression: ResponsesProgression) index (item: JsonElement) =
        Dom.nonEmpty "call_id" item |> ValueOption.defaultWith (fun () -> ToolCallId.make progression.State.Id index)

    let private call slot (item: JsonElement) progression =
        let index = ResponsesState.partIndex slot 0

        progression
        |> ResponsesState.startCall index (callId progression index item) (stringOf "name" item)
        |> ResponsesState.complete ResponsesPartKind.ToolCall index (fun () -> argumentsOf item)
        |> ResponsesState.finish index

    /// The item as it goes back: as it came, save that the output of a call must find the id that we gave.
    let private nativeOf progression slot (item: JsonElement) : Json =
        if typeOf item <> "function_call" || (Dom.nonEmpty "call_id" item).IsSome then
            Dom.raw item
        else
            Json.write (fun writer ->
                Wire.object writer (fun () ->
                    writer.WriteString("type", "function_call")
                    writer.WriteString("call_id", callId progression (ResponsesState.partIndex slot 0) item)
                    writer.WriteString("name", stringOf "name" item)
                    writer.WriteString("arguments", argumentsOf item)))

    let private keep slot (native: Lazy<Json>) =
        changeItem slot (fun item -> if item.Native.IsSome then item else { item with Native = Some native.Value })

    /// An item that is whole, in its slot.
    let whole (slot: int) (item: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        let native = lazy nativeOf progression slot item

        let read =
            match typeOf item with
            | "message" -> message slot item progression
            | "reasoning" -> reasoning slot item progression
            | "function_call" -> call slot item progression
            | kind ->
                let index = ResponsesState.partIndex slot 0
                ResponsesState.addWhole index (AssistantPart.Other { Kind = kind; Json = native.Value }) progression

        keep slot native read

    /// An item that is announced: only a tool call with its id and name can begin already.
    let announced (slot: int) (item: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        match typeOf item, Dom.nonEmpty "call_id" item, Dom.nonEmpty "name" item with
        | "function_call", ValueSome id, ValueSome name -> ResponsesState.startCall (ResponsesState.partIndex slot 0) id name progression
        | _ -> progression

    /// The items of a closing event or of a whole answer. Those that the stream brought are recognised by their ids, else by their
    /// place, else by their rank among those of their type: some vendors give new ids at the end, or leave items out.
    let all (elements: JsonElement list) (progression: ResponsesProgression) : ResponsesProgression =
        let known = progression.State.Items
        let items = elements |> List.mapi (fun position element -> struct (position, ofElement element, element))

        let slotById (item: ResponsesItem) =
            known
            |> Map.tryFindKey (fun _ other -> other.Type = item.Type && (isSame other.Id item.Id || isSame other.CallId item.CallId))

        let isAt position (item: ResponsesItem) = known |> Map.tryFind position |> Option.exists (fun other -> other.Type = item.Type)

        let byId = items |> List.choose (fun struct (_, item, _) -> slotById item) |> Set.ofList

        let byPlace =
            items
            |> List.choose (fun struct (position, item, _) -> if (slotById item).IsNone && isAt position item then Some position else None)
            |> Set.ofList

        let read (struct (claimed: Set<int>, sofar: ResponsesProgression)) (struct (position, item, element)) =
            let recognised =
                match slotById item with
                | Some slot -> Some slot
                | None when isAt position item && not (Set.contains position byId) -> Some position
                | None -> known |> Map.tryFindKey (fun slot other -> other.Type = item.Type && not (Set.contains slot claimed))

            match recognised with
            | Some slot -> struct (Set.add slot claimed, whole slot element sofar)
            | None ->
                let slot = if Map.containsKey position sofar.State.Items then ResponsesState.nextSlot sofar.State else position

                struct (claimed, sofar |> ResponsesState.change (put slot item) |> whole slot element)

        let struct (_, read) = items |> List.fold read (struct (Set.union byId byPlace, progression))
        read
