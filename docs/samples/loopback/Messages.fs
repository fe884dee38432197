// Anthropic's messages format, as a server writes it: https://docs.anthropic.com/en/api/messages.
namespace Llm.Samples.Loopback

open System.Text.Json

/// What is asked.
type internal Question = { Model: string; Text: string; IsStreamed: bool }

/// What is answered, with its tokens.
type internal Answer = { Model: string; Tokens: string list; InputTokens: int }

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

                Ok
                    {
                        Model = model
                        Text = tryProperty "content" last |> Option.map contentText |> Option.defaultValue ""
                        IsStreamed = tryProperty "stream" root |> Option.exists (fun value -> value.ValueKind = JsonValueKind.True)
                    }
            | None, _ -> Error "model: Field required"
            | _ -> Error "messages: at least one message is required"
        with :? JsonException ->
            Error "The request body is not valid JSON"

    /// An error's body.
    let error (kind: string) (message: string) : string =
        JsonSerializer.Serialize {| ``type`` = "error"; error = {| ``type`` = kind; message = message |} |}

    let private usage (answer: Answer) = {| input_tokens = answer.InputTokens; output_tokens = answer.Tokens.Length |}

    /// The whole answer's body.
    let whole (answer: Answer) : string =
        JsonSerializer.Serialize
            {|
                id = "msg_loopback"
                ``type`` = "message"
                role = "assistant"
                model = answer.Model
                content = [ {| ``type`` = "text"; text = String.concat "" answer.Tokens |} ]
                stop_reason = "end_turn"
                usage = usage answer
            |}

    let private event (name: string) (data: 'data) = $"event: {name}\ndata: {JsonSerializer.Serialize data}\n\n"

    /// The events of a streamed answer: before the tokens, one for each token, after them.
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

            event
                "content_block_start"
                {|
                    ``type`` = "content_block_start"
                    index = 0
                    content_block = {| ``type`` = "text"; text = "" |}
                |}

            for token in answer.Tokens do
                event
                    "content_block_delta"
                    {|
                        ``type`` = "content_block_delta"
                        index = 0
                        delta = {| ``type`` = "text_delta"; text = token |}
                    |}

            event "content_block_stop" {| ``type`` = "content_block_stop"; index = 0 |}

            event "message_delta" {| ``type`` = "message_delta"; delta = {| stop_reason = "end_turn" |}; usage = usage answer |}

            event "message_stop" {| ``type`` = "message_stop" |}
        ]
