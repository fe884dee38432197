// A model that answers what a test's function says to the last thing that the user said, and counts what it is asked.
namespace Llm.Core.Tests

open System
open System.Collections.Concurrent
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks
open Llm.Core

/// Answers questions as a function says, whole or streamed.
[<Sealed>]
type Oracle(answer: string -> CancellationToken -> Task<Result<string, LlmError>>) =
    let asked = ConcurrentQueue<string * string>()
    let mutable running = 0
    let mutable most = 0
    let mutable cancelled = 0

    let lastText (messages: Message list) =
        match List.last messages with
        | Message.User user ->
            user.Content
            |> List.map (fun part ->
                match part with
                | UserPart.Text text -> text
                | UserPart.ToolOutput output -> output.Result
                | _ -> "?")
            |> String.concat "|"
        | _ -> "?"

    let text (bytes: ReadOnlyMemory<byte>) = Encoding.UTF8.GetString bytes.Span

    let chunks (said: string) =
        [
            Chunk.TextStart 0
            Chunk.TextDelta(0, said)
            Chunk.TextEnd 0
            Chunk.Finish None
            Chunk.Usage(UsageUpdate.Snapshot { Usage.zero with InputTokens = 10L; OutputTokens = int64 said.Length })
        ]

    let step (isDone: bool ref) (event: WireEvent) : Result<struct (Chunks * bool ref), LlmError> =
        match text event.Data with
        | "[DONE]" -> Ok(struct (Chunks.empty, ref true))
        | said -> Ok(struct (Chunks.ofList (chunks said), isDone))

    let encode (request: Request) : Result<EncodedRequest, LlmError> =
        Ok
            {
                Path = request.Model
                Headers = []
                Body = RequestBody.ofText (lastText request.Messages)
                Warnings = []
                Format = request.Format
            }

    let codec: Codec =
        {
            Api = "oracle"
            Target = Target.create "oracle" "oracle"
            Encode = encode
            DecodeWhole = fun body -> Ok(chunks (text body))
            DecodePlain = Codec.neverPlain
            Decoder = Decoder.create step (fun isDone -> isDone.Value) (ref false)
            DecodeError = fun refusal -> LlmError.Api(Fake.apiError refusal.Status (text refusal.Body))
            TokenCounter = None
            ModelListing = None
        }

    let send (request: TransportRequest) (cancellationToken: CancellationToken) : Task<Result<TransportResponse, LlmError>> = task {
        let question = RequestBody.text request.Body
        asked.Enqueue(request.Url.Substring(request.Url.LastIndexOf '/' + 1), question)
        let now = Interlocked.Increment &running
        let mutable known = most

        while now > known && Interlocked.CompareExchange(&most, now, known) <> known do
            known <- most

        try
            try
                match! answer question cancellationToken with
                | Error error -> return Error error
                | Ok said ->
                    let body = if request.Stream then $"data: {said}\n\ndata: [DONE]\n\n" else said
                    return Ok(new TransportResponse(200, [], new MemoryStream(Encoding.UTF8.GetBytes body), null))
            with :? OperationCanceledException as failure ->
                Interlocked.Increment &cancelled |> ignore
                return raise failure
        finally
            Interlocked.Decrement &running |> ignore
    }

    let provider = Provider.create "oracle" "http://oracle.test" codec |> Provider.withoutKey

    let client =
        { Client.standard with
            Registry = Registry.add "oracle/" provider Registry.empty
            Transport = Transport.create send
            Environment = fun _ -> None
        }

    /// One that answers at once, and never fails.
    new(answer: string -> string) = Oracle(fun question _ -> Task.FromResult(Ok(answer question)))

    /// The model `oracle/one`.
    member this.Model: Model = this.Named "one"

    /// Another of its models.
    member _.Named(name: string) : Model = Model.parse $"oracle/{name}" |> Model.withClient client

    /// What was asked, in order.
    member _.Asked: string list = asked |> Seq.map snd |> List.ofSeq

    /// Which models were asked, in order.
    member _.Models: string list = asked |> Seq.map fst |> List.ofSeq

    /// How many questions at most were open at once.
    member _.Most = most

    /// How many questions were cancelled.
    member _.Cancelled = cancelled

    /// A call that asks a question about its input, for its text.
    member this.Ask(question: string) : Call<string, string> = Call.create this.Model (fun input -> $"{question}({input})") |> Call.text

[<RequireQualifiedAccess>]
module Run =
    let none = CancellationToken.None

    /// Runs a call, soon.
    let call (input: 'input) (call: Call<'input, 'output>) : Task<Result<'output, LlmError>> =
        (call |> Call.run input none).WaitAsync(TimeSpan.FromSeconds 10.0)

    let work (work: Llm<'output>) : Task<Result<'output, LlmError>> = (work |> Llm.run none).WaitAsync(TimeSpan.FromSeconds 10.0)
