// A provider that says what a test wants: its codec reads event `n` as the n-th of the test's chunks.
namespace Llm.Core.Tests

open System
open System.Collections.Generic
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

[<RequireQualifiedAccess>]
module Fake =
    /// The provider's key, which must not show anywhere.
    let key = "sk-fake-do-not-show"

    let apiError (status: int) (message: string) : ApiError =
        {
            Provider = "fake"
            Status = Some status
            Code = Some "fake_code"
            Message = message
            Body = message
            RequestId = None
            RetryAfter = None
        }

    /// What the event `overloaded` means.
    let overloaded = LlmError.Server(apiError 529 "overloaded")

    let private text (bytes: ReadOnlyMemory<byte>) = Encoding.UTF8.GetString bytes.Span

    let private step (chunks: Chunk[]) (isDone: bool ref) (event: WireEvent) : Result<struct (Chunks * bool ref), LlmError> =
        match text event.Data with
        | "overloaded" -> Error overloaded
        | "done" -> Ok(struct (Chunks.empty, ref true))
        | "bug" -> failwith "the codec has a bug"
        | data ->
            match Int32.TryParse data with
            | true, position -> Ok(struct (Chunks.one chunks[position], isDone))
            | _ -> Error(LlmError.InvalidResponse("fake", "no number", data))

    let private encode (request: Request) : Result<EncodedRequest, LlmError> =
        let said =
            request.Messages
            |> List.map (fun message ->
                match message with
                | Message.System text -> text
                | Message.User user -> $"%A{user.Content}"
                | Message.Assistant assistant -> Content.pretty assistant.Content)
            |> List.map Json.quote
            |> String.concat ","

        Ok
            {
                Path = "answers"
                Headers = [ "x-fake", "1" ]
                Body = RequestBody.ofText $"{{\"model\":{Json.quote request.Model},\"said\":[{said}]}}"
                Warnings = request.Params.TopK |> Option.map (fun k -> Warning.skipped "fake" request.Model "top_k" $"{k}") |> Option.toList
                Format = None
            }

    /// The codec whose answers are made of these chunks.
    let codec (chunks: Chunk list) : Codec =
        let all = Array.ofList chunks

        {
            Api = "fake"
            Target = Target.create "fake" "fake"
            Encode = encode
            DecodeWhole = fun _ -> Ok chunks
            DecodePlain = Codec.neverPlain
            Decoder = Decoder.create (fun isDone event -> step all isDone event) (fun isDone -> isDone.Value) (ref false)
            DecodeError = fun answer -> LlmError.Api(apiError answer.Status (text answer.Body))
            TokenCounter = None
            ModelListing = None
        }

    let provider (codec: Codec) : Provider =
        {
            Id = "fake"
            BaseUrl = "http://fake.test/v1"
            KeyVariables = [ "FAKE_API_KEY"; "FAKE_KEY" ]
            BaseUrlVariables = [ "FAKE_BASE_URL" ]
            Settings = []
            Query = []
            RequiresKey = true
            KeyPlace = KeyPlace.Bearer
            Key = Some(Secret.create key)
            Headers = []
            Route = fun request -> Ok(struct (codec, request))
        }

    let client (provider: Provider) (transport: Transport) : Client =
        { Client.standard with
            Registry = Registry.add "fake/" provider Registry.empty
            Transport = transport
            Environment = fun _ -> None
            // Time stands still, so that equal answers are equal.
            TimeProvider = FakeTimeProvider()
        }

    /// A model whose answers are made of these chunks, over a transport.
    let model (chunks: Chunk list) (transport: Transport) : Model =
        Model.parse "fake/one" |> Model.withClient (client (provider (codec chunks)) transport)

    /// The events that stand for all of the chunks.
    let events (chunks: Chunk list) : ScriptedAnswer = chunks |> List.mapi (fun position _ -> $"{position}") |> ScriptedTransport.events

    let question = [ Message.user "What?" ]

    /// A text in two deltas, and the proof.
    let hello =
        [
            Chunk.Meta(Some "id-1", Some "one-2026")
            Chunk.TextStart 0
            Chunk.TextDelta(0, "Hel")
            Chunk.TextDelta(0, "lo")
            Chunk.TextEnd 0
            Chunk.Finish None
            Chunk.Usage(UsageUpdate.Snapshot { Usage.zero with InputTokens = 3L; OutputTokens = 2L })
        ]

    let ok (result: Result<'value, LlmError>) : 'value =
        match result with
        | Ok value -> value
        | Error error -> failwith $"an error came: {LlmError.render error}"

    let startStream (chunks: Chunk list) (transport: Transport) : Task<StreamResponse> = task {
        let! stream = model chunks transport |> Model.stream question CancellationToken.None
        return ok stream
    }

    /// A stream of these chunks that comes whole.
    let wholeStream (chunks: Chunk list) : Task<StreamResponse> = startStream chunks (ScriptedTransport.create [ events chunks ]).Transport

    /// A stream that a test feeds.
    let fedStream (chunks: Chunk list) : Task<struct (StreamResponse * Feed)> = task {
        let feed = new Feed()
        let! stream = startStream chunks (Feed.answering 200 feed)
        return struct (stream, feed)
    }

[<RequireQualifiedAccess>]
module Items =
    /// One more item, or the end; a test that would hang fails.
    let next (enumerator: IAsyncEnumerator<'item>) : Task<bool> = enumerator.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds 10.0)

    /// All items of an enumerable.
    let all (items: IAsyncEnumerable<'item>) : Task<'item list> = task {
        let taken = List<'item>()
        use enumerator = items.GetAsyncEnumerator CancellationToken.None
        let! first = next enumerator
        let mutable hasItem = first

        while hasItem do
            taken.Add enumerator.Current
            let! more = next enumerator
            hasItem <- more

        return List.ofSeq taken
    }

    /// The texts, up to the end or the error that is the last item.
    let texts (items: IAsyncEnumerable<Result<string, LlmError>>) : Task<string * LlmError option> = task {
        let! all = all items

        let texts =
            all
            |> List.choose (function
                | Ok text -> Some text
                | Error _ -> None)

        return
            String.concat "" texts,
            all
            |> List.tryPick (function
                | Error error -> Some error
                | Ok _ -> None)
    }

[<RequireQualifiedAccess>]
module Expect =
    let equal (expected: 'value) (actual: 'value) : unit =
        if expected <> actual then Assert.Fail $"expected %A{expected}\nbut was  %A{actual}"

    /// The task ends, as cancelled.
    let cancelled (work: Task) : Task = task {
        try
            do! work
            Assert.Fail "it was not cancelled"
        with :? OperationCanceledException ->
            ()
    }

    /// The task ends soon. The limit is for a hanging test only; nothing waits for it.
    let soon (work: Task) : Task = work.WaitAsync(TimeSpan.FromSeconds 10.0)
