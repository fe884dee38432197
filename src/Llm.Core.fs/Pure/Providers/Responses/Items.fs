// Reads output items: whole ones, from `output_item.done`, from the closing event and from whole answers alike, and the beginnings of
// those that a stream announces. What deltas brought already is not taken a second time.
namespace Llm.Core

open System
open System.Text.Json

/// An output item that an event has seen, whichever way it was read.
[<AbstractClass>]
type internal ResponsesSeenItem(item: ResponsesItem) =
    member _.Item = item

    /// Takes it as whole, in this slot.
    abstract Take: slot: int * progression: ResponsesProgression -> ResponsesProgression

[<RequireQualifiedAccess>]
module internal ResponsesItems =
    let private stringOf name (element: JsonElement) = Dom.string name element |> ValueOption.defaultValue ""

    let typeOf (item: JsonElement) : string =
        match Dom.nonEmpty "type" item with
        | ValueSome kind -> kind
        | ValueNone -> "unknown"

    /// An item of which nothing came yet but its names.
    let create (kind: string) (id: string) (callId: string) : ResponsesItem =
        { Type = kind; Id = id; CallId = callId; Thoughts = ResponsesThoughts.Unknown; Native = None }

    let private ofElement (item: JsonElement) : ResponsesItem = create (typeOf item) (stringOf "id" item) (stringOf "call_id" item)

    let put slot item (state: ResponsesState) = { state with Items = ByIndex.add slot item state.Items }

    /// The item in a slot.
    let tryItem (slot: int) (state: ResponsesState) : ResponsesItem voption = ByIndex.tryFind slot state.Items

    let private isSame (first: string) (second: string) = first <> "" && first = second

    let private changeItem slot update =
        ResponsesState.change (fun state ->
            match tryItem slot state with
            | ValueSome item -> put slot (update item) state
            | ValueNone -> state)

    /// The event's `output_index`, where it has one that can be.
    let outputIndex (event: JsonElement) : int voption =
        match Dom.int "output_index" event with
        | ValueSome index when ResponsesState.isIndex index -> ValueSome index
        | _ -> ValueNone

    /// The slot of the newest item of an `output_index`.
    let slotAt (index: int) (state: ResponsesState) : int = ByIndex.tryFind index state.Slots |> ValueOption.defaultValue index

    /// The slot of an item that an event names: by `output_index`, else by `item_id`, else the newest.
    let slotOf (event: JsonElement) (state: ResponsesState) : int =
        match outputIndex event with
        | ValueSome index -> slotAt index state
        | ValueNone ->
            let id = stringOf "item_id" event

            match state.Items |> ByIndex.tryFindIndex (fun item -> isSame item.Id id) with
            | ValueSome slot -> slot
            | ValueNone -> max 0 (ResponsesState.nextSlot state - 1)

    /// An item whose parts an event speaks of, known or not yet announced; nothing where another type of item stands there.
    let expect (slot: int) (kind: string) (progression: ResponsesProgression) : ResponsesProgression voption =
        match tryItem slot progression.State with
        | ValueSome item when item.Type = kind -> ValueSome progression
        | ValueSome _ -> ValueNone
        | ValueNone -> ValueSome(ResponsesState.change (put slot (create kind "" "")) progression)

    /// The slot of an item that is announced or whole, with the item in it: by the `output_index`, if there is one, else by its id. A vendor
    /// that gives an index twice gets a new slot.
    let place (isWhole: bool) (named: int voption) (fresh: ResponsesItem) (progression: ResponsesProgression) =
        let state = progression.State

        let claimed =
            match named with
            | ValueSome index -> slotAt index state
            | ValueNone ->
                state.Items
                |> ByIndex.tryFindIndex (fun known -> isSame known.Id fresh.Id)
                |> ValueOption.defaultValue (ResponsesState.nextSlot state)

        match tryItem claimed state with
        | ValueNone -> struct (claimed, ResponsesState.change (put claimed fresh) progression)
        | ValueSome known when
            known.Type = fresh.Type
            && (isSame known.Id fresh.Id || (known.Native.IsNone && (isWhole || known.Id = "" || fresh.Id = "")))
            ->
            let id = if known.Id = "" then fresh.Id else known.Id
            let callId = if known.CallId = "" then fresh.CallId else known.CallId

            if id = known.Id && callId = known.CallId then
                struct (claimed, progression)
            else
                struct (claimed, ResponsesState.change (put claimed { known with Id = id; CallId = callId }) progression)
        | ValueSome _ ->
            let slot = ResponsesState.nextSlot state

            let displace (state: ResponsesState) =
                match named with
                | ValueSome index -> { put slot fresh state with Slots = ByIndex.add index slot state.Slots; Hot = None }
                | ValueNone -> put slot fresh state

            struct (slot, ResponsesState.change displace progression)

    /// As `place`, of an event and the item in it.
    let arrive (isWhole: bool) (event: JsonElement) (item: JsonElement) (progression: ResponsesProgression) =
        place isWhole (outputIndex event) (ofElement item) progression

    /// Takes thoughts from there, unless they are taken from the other place already.
    let claimThoughts (slot: int) (place: ResponsesThoughts) (progression: ResponsesProgression) : ResponsesProgression voption =
        match tryItem slot progression.State with
        | ValueSome item when item.Thoughts.Equals place -> ValueSome progression
        | ValueSome item when item.Thoughts.IsUnknown -> ValueSome(changeItem slot (fun item -> { item with Thoughts = place }) progression)
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

    /// A part of text, whole.
    let inline text (slot: int) (sub: int) ([<InlineIfLambda>] text: unit -> string) (progression: ResponsesProgression) =
        ResponsesState.complete ResponsesPartKind.Text (ResponsesState.partIndex slot sub) text progression

    /// A part of a message's content or of an item of reasoning, whole.
    let part (slot: int) (sub: int) (element: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        let index = ResponsesState.partIndex slot sub

        match typeOf element with
        | "output_text"
        | "text" -> text slot sub (fun () -> stringOf "text" element) progression
        | "refusal" -> refusal slot sub element progression
        | "summary_text" -> thought slot ResponsesThoughts.Summary sub element progression
        | "reasoning_text" -> thought slot ResponsesThoughts.Content sub element progression
        | kind -> ResponsesState.addWhole index (AssistantPart.Other { Kind = kind; Json = Dom.raw element }) progression

    let private message slot (item: JsonElement) progression =
        match Dom.property "content" item with
        | ValueSome content when content.ValueKind = JsonValueKind.String -> text slot 0 (fun () -> stringOf "content" item) progression
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

    /// The item keeps its own form, unless it has one.
    let inline keep slot ([<InlineIfLambda>] native: unit -> Json) (progression: ResponsesProgression) =
        match tryItem slot progression.State with
        | ValueSome item when item.Native.IsNone -> ResponsesState.change (put slot { item with Native = Some(native ()) }) progression
        | _ -> progression

    /// An item that says these texts and nothing else, whole, in its slot.
    let inline wholeTexts
        slot
        ([<InlineIfLambda>] textAt: 'place -> string)
        (places: 'place list)
        ([<InlineIfLambda>] native: unit -> Json)
        (progression: ResponsesProgression)
        =
        let mutable sofar = progression
        let mutable sub = 0

        for place in places do
            sofar <- text slot sub (fun () -> textAt place) sofar
            sub <- sub + 1

        keep slot native sofar

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

        keep slot native.Force read

    /// An item that is announced: only a tool call with its id and name can begin already.
    let announced (slot: int) (item: JsonElement) (progression: ResponsesProgression) : ResponsesProgression =
        match typeOf item, Dom.nonEmpty "call_id" item, Dom.nonEmpty "name" item with
        | "function_call", ValueSome id, ValueSome name -> ResponsesState.startCall (ResponsesState.partIndex slot 0) id name progression
        | _ -> progression

    /// An item of a closing event or of a whole answer.
    let seen (element: JsonElement) : ResponsesSeenItem =
        { new ResponsesSeenItem(ofElement element) with
            member _.Take(slot, progression) = whole slot element progression
        }

    /// The slot of the known item that has the id of another, or its call's.
    let private slotById (known: ByIndex<ResponsesItem>) (item: ResponsesItem) : int voption =
        known
        |> ByIndex.tryFindIndex (fun other -> other.Type = item.Type && (isSame other.Id item.Id || isSame other.CallId item.CallId))

    let private allByPlace known (seen: ResponsesSeenItem list) (progression: ResponsesProgression) : ResponsesProgression =
        let isAt position (item: ResponsesItem) =
            match ByIndex.tryFind position known with
            | ValueSome other -> other.Type = item.Type
            | ValueNone -> false

        let items = seen |> List.mapi (fun position seen -> struct (position, seen))
        let mutable byId: Indices = ByIndex.empty
        let mutable unclaimed = known

        for struct (position, seen) in items do
            match slotById known seen.Item with
            | ValueSome slot ->
                byId <- ByIndex.add slot () byId
                unclaimed <- ByIndex.remove slot unclaimed
            | ValueNone when isAt position seen.Item -> unclaimed <- ByIndex.remove position unclaimed
            | ValueNone -> ()

        let mutable sofar = progression

        for struct (position, seen) in items do
            let item = seen.Item

            let recognised =
                match slotById known item with
                | ValueSome slot -> ValueSome slot
                | ValueNone when isAt position item && not (ByIndex.containsKey position byId) -> ValueSome position
                | ValueNone -> unclaimed |> ByIndex.tryFindIndex (fun other -> other.Type = item.Type)

            match recognised with
            | ValueSome slot ->
                unclaimed <- ByIndex.remove slot unclaimed
                sofar <- seen.Take(slot, sofar)
            | ValueNone ->
                let isTaken = ByIndex.containsKey position sofar.State.Items
                let slot = if isTaken then ResponsesState.nextSlot sofar.State else position
                sofar <- seen.Take(slot, ResponsesState.change (put slot item) sofar)

        sofar

    /// The items of a closing event or of a whole answer. Those that the stream brought are recognised by their ids, else by their
    /// place, else by their rank among those of their type: some vendors give new ids at the end, or leave items out.
    let all (seen: ResponsesSeenItem list) (progression: ResponsesProgression) : ResponsesProgression =
        let known = progression.State.Items

        let rec takeAll (sofar: ResponsesProgression) (seen: ResponsesSeenItem list) =
            match seen with
            | [] -> ValueSome sofar
            | item :: others ->
                match slotById known item.Item with
                | ValueNone -> ValueNone
                | ValueSome slot -> takeAll (item.Take(slot, sofar)) others

        // Mostly all have the ids that the stream gave them.
        match takeAll progression seen with
        | ValueSome taken -> taken
        | ValueNone -> allByPlace known seen progression
