// The message that a stream was made of, for the vendor to get it back: built only where its parts alone would lose something.
namespace Llm.Core

open System.Text.Json

[<RequireQualifiedAccess>]
module internal ChatNative =
    let private raw text = NativeFragment.Raw text

    /// A whole message as it may go back: as it came, but audio by its id alone, which the vendor knows it by.
    let ofWhole (message: JsonElement) : string =
        match Dom.path [ "audio"; "id" ] message |> ValueOption.bind Dom.asString with
        | ValueNone -> Dom.rawText message
        | ValueSome id ->
            message.EnumerateObject()
            |> Seq.map (fun property ->
                let name = Dom.nameOf property
                let value = if name = "audio" then $"{{\"id\":{Json.quote id}}}" else Dom.rawText property.Value
                $"{Json.quote name}:{value}")
            |> String.concat ","
            |> fun members -> "{" + members + "}"

    let private separated (items: NativeFragment list list) : NativeFragment list =
        items |> List.mapi (fun position item -> if position = 0 then item else raw "," :: item) |> List.concat

    let private content (texts: int list) : NativeFragment list =
        match texts with
        | [] -> [ raw "null" ]
        | [ only ] -> [ NativeFragment.TextOf only ]
        | several ->
            let item index = [ raw "{\"type\":\"text\",\"text\":"; NativeFragment.TextOf index; raw "}" ]
            [ raw "["; yield! separated (List.map item several); raw "]" ]

    let private members (all: (string * string) list) : string =
        all |> List.map (fun (name, json) -> $"{Json.quote name}:{json}") |> String.concat ","

    let private call (call: ChatCall) : NativeFragment list =
        let extra = if List.isEmpty call.Extra then "" else "," + members call.Extra
        let arguments = if call.HasArguments then NativeFragment.TextOf call.Part else raw "\"{}\""

        [
            raw $"{{\"id\":{Json.quote call.Id},\"type\":\"function\",\"function\":{{\"name\":{Json.quote call.Name},\"arguments\":"
            arguments
            raw $"}}{extra}}}"
        ]

    let private detail (detail: ReasoningDetail) : string =
        let growing = detail.Growing |> List.map (fun (name, text) -> name, Json.quote (text.ToString()))
        "{" + members (detail.Fixed @ growing) + "}"

    let private details (all: ReasoningDetail list) : NativeFragment list =
        if List.isEmpty all then
            []
        else
            let items = all |> List.map detail |> String.concat ","
            [ raw $",\"reasoning_details\":[{items}]" ]

    /// The message of a finished stream, where reasoning details or unknown members of its calls must go back.
    let ofStream (state: ChatState) : NativeFragment list voption =
        let calls = ChatCalls.inOrder state.Calls |> List.filter (fun call -> not call.IsCustom)

        let hasExtra = calls |> List.exists (fun call -> not (List.isEmpty call.Extra))

        if List.isEmpty state.Details && not hasExtra then
            ValueNone
        else
            ValueSome
                [
                    raw "{\"role\":\"assistant\",\"content\":"
                    yield! content (List.rev state.Texts)
                    yield! details (List.rev state.Details)
                    if not (List.isEmpty calls) then
                        raw ",\"tool_calls\":["
                        yield! separated (List.map call calls)
                        raw "]"
                    raw "}"
                ]
