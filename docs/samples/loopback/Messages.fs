// Anthropic's messages format, as a server writes it: https://docs.anthropic.com/en/api/messages.
namespace Llm.Samples.Loopback

open System.Text.Json

/// What is asked.
type internal Question =
    {
        Model: string
        Text: string
        IsStreamed: bool
        /// How many times the model has answered already.
        Turn: int
    }

/// A part of an answer.
[<RequireQualifiedAccess>]
type internal Block =
    | Text of tokens: string list
    | ToolUse of id: string * name: string * arguments: string

/// What is answered.
type internal Answer = { Model: string; Blocks: Block list; InputTokens: int }

[<RequireQualifiedAccess>]
module internal Messages =
    let private tryProperty (name: string) (element: JsonElement) : JsonElement option =
        match element.ValueKind, element.TryGetProperty name with
        | JsonValueKind.Object, (true, value) -> Some value
        | _ -> None

    let private tryText (element: JsonElement) : string option =
        if element.ValueKind = JsonValueKind.String then Some(element.GetString()) else None

    /// Content is a text, or a list of blocks of which some have a text.
    let private contentText (content: JsonElement) : string =
        if content.ValueKind = JsonValueKind.Array then
            content.EnumerateArray() |> Seq.choose (tryProperty "text" >> Option.bind tryText) |> String.concat " "
        else
            tryText content |> Option.defaultValue ""

    /// Reads a request's body; what is no request is an Error with a sentence.
    let tryRead (body: string) : Result<Question, string> =
        try
            use document = JsonDocument.Parse body
            let root = document.RootElement

            match tryProperty "model" root |> Option.bind tryText, tryProperty "messages" root with
            | Some model, Some messages when messages.ValueKind = JsonValueKind.Array && messages.GetArrayLength() > 0 ->
                let last = messages[messages.GetArrayLength() - 1]
                let isAnswer message = tryProperty "role" message |> Option.bind tryText = Some "assistant"

                Ok
                    {
                        Model = model
                        Text = tryProperty "content" last |> Option.map contentText |> Option.defaultValue ""
                        IsStreamed = tryProperty "stream" root |> Option.exists (fun value -> value.ValueKind = JsonValueKind.True)
                        Turn = messages.EnumerateArray() |> Seq.filter isAnswer |> Seq.length
                    }
            | None, _ -> Error "model: Field required"
            | _ -> Error "messages: at least one message is required"
        with :? JsonException ->
            Error "The request body is not valid JSON"

    /// An error's body.
    let error (kind: string) (message: string) : string =
        JsonSerializer.Serialize {| ``type`` = "error"; error = {| ``type`` = kind; message = message |} |}

    let private tokens (block: Block) : int =
        match block with
        | Block.Text tokens -> tokens.Length
        | Block.ToolUse(_, _, arguments) -> (arguments.Length + 3) / 4

    let private usage (answer: Answer) =
        {| input_tokens = answer.InputTokens; output_tokens = List.sumBy tokens answer.Blocks |}

    let private stopReason (answer: Answer) : string =
        let isToolUse (block: Block) =
            match block with
            | Block.ToolUse _ -> true
            | Block.Text _ -> false

        if List.exists isToolUse answer.Blocks then "tool_use" else "end_turn"

    let private raw (json: string) : JsonElement = JsonSerializer.Deserialize<JsonElement> json

    let private wholeBlock (block: Block) : obj =
        match block with
        | Block.Text tokens -> {| ``type`` = "text"; text = String.concat "" tokens |}
        | Block.ToolUse(id, name, arguments) -> {| ``type`` = "tool_use"; id = id; name = name; input = raw arguments |}

    /// The whole answer's body.
    let whole (answer: Answer) : string =
        JsonSerializer.Serialize
            {|
                id = "msg_loopback"
                ``type`` = "message"
                role = "assistant"
                model = answer.Model
                content = answer.Blocks |> List.map wholeBlock
                stop_reason = stopReason answer
                usage = usage answer
            |}

    let private event (name: string) (data: 'data) = $"event: {name}\ndata: {JsonSerializer.Serialize data}\n\n"

    let private emptyBlock (block: Block) : obj =
        match block with
        | Block.Text _ -> {| ``type`` = "text"; text = "" |}
        | Block.ToolUse(id, name, _) -> {| ``type`` = "tool_use"; id = id; name = name; input = raw "{}" |}

    let private deltas (block: Block) : obj list =
        match block with
        | Block.Text tokens -> [ for token in tokens -> {| ``type`` = "text_delta"; text = token |} ]
        | Block.ToolUse(_, _, arguments) ->
            [ for piece in Seq.chunkBySize 4 arguments -> {| ``type`` = "input_json_delta"; partial_json = System.String piece |} ]

    let private blockEvents (index: int) (block: Block) : string list =
        [
            event "content_block_start" {| ``type`` = "content_block_start"; index = index; content_block = emptyBlock block |}

            for delta in deltas block do
                event "content_block_delta" {| ``type`` = "content_block_delta"; index = index; delta = delta |}

            event "content_block_stop" {| ``type`` = "content_block_stop"; index = index |}
        ]

    /// The events of a streamed answer: before the blocks, those of each block, after them.
    let events (answer: Answer) : string list =
        [
            event
                "message_start"
                {|
                    ``type`` = "message_start"
                    message =
                        {|
                            id = "msg_loopback"
                            ``type`` = "message"
                            role = "assistant"
                            model = answer.Model
                            content = List.empty<string>
                            usage = {| usage answer with output_tokens = 1 |}
                        |}
                |}

            yield! answer.Blocks |> List.mapi blockEvents |> List.concat

            event
                "message_delta"
                {|
                    ``type`` = "message_delta"
                    delta = {| stop_reason = stopReason answer |}
                    usage = usage answer
                |}

            event "message_stop" {| ``type`` = "message_stop" |}
        ]
