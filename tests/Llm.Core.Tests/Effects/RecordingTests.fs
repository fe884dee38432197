// Recording what goes over a transport, and giving it back.
module Llm.Core.Tests.RecordingTests

open System
open System.Collections.Generic
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

let private none = CancellationToken.None

/// A transport that records, and what it has recorded.
let private recording (transport: Transport) : struct (Transport * List<Exchange>) =
    let exchanges = List<Exchange>()
    struct (RecordingTransport.record exchanges.Add transport, exchanges)

let private replaying (exchanges: Exchange seq) = Fake.model Fake.hello (RecordingTransport.replay (List.ofSeq exchanges))

let private call (model: Model) = model |> Model.call Fake.question none

let private streamEnd (model: Model) : Task<StreamEnd> = task {
    let! stream = model |> Model.stream Fake.question none
    return! StreamResponse.finish none (Fake.ok stream)
}

let private answer = { ScriptedTransport.json "{\"a\":1}" with Headers = [ "x-request-id", "req-1" ] }

[<Test>]
let ``a recorded call is replayed with an equal response`` () : Task = task {
    let struct (transport, exchanges) = recording (ScriptedTransport.create [ answer ]).Transport
    let! recorded = call (Fake.model Fake.hello transport)
    let! replayed = call (replaying exchanges)
    Expect.equal (Fake.ok recorded) (Fake.ok replayed)
    Expect.equal (Some "req-1") (Fake.ok replayed).RequestId
}

[<Test>]
let ``a recorded stream is replayed with an equal end`` () : Task = task {
    let struct (transport, exchanges) = recording (ScriptedTransport.create [ Fake.events Fake.hello ]).Transport
    let! recorded = streamEnd (Fake.model Fake.hello transport)
    let! replayed = streamEnd (replaying exchanges)
    Expect.equal true recorded.IsComplete
    Expect.equal recorded replayed
}

[<Test>]
let ``a refusal is replayed as the same refusal`` () : Task = task {
    let struct (transport, exchanges) =
        recording (ScriptedTransport.create [ ScriptedTransport.refusal 429 "slow down" ]).Transport

    let! recorded = call (Fake.model Fake.hello transport)
    let! replayed = call (replaying exchanges)
    Expect.equal true (Result.isError recorded)
    Expect.equal (Result.map ignore recorded) (Result.map ignore replayed)
}

[<Test>]
let ``a broken connection is replayed as broken`` () : Task = task {
    let broken = ScriptedTransport.events [ "0"; "1"; "2" ] |> ScriptedTransport.broken
    let struct (transport, exchanges) = recording (ScriptedTransport.create [ broken ]).Transport
    let! recorded = streamEnd (Fake.model Fake.hello transport)
    let! replayed = streamEnd (replaying exchanges)
    Expect.equal true recorded.IsFailed
    Expect.equal recorded replayed
}

[<Test>]
let ``a stream that was given up is recorded as far as it was read`` () : Task = task {
    let feed = new Feed()
    let struct (transport, exchanges) = recording (Feed.answering 200 feed)
    let! stream = Fake.startStream Fake.hello transport
    [ "0"; "1"; "2" ] |> List.iter feed.Event
    let enumerator = (StreamResponse.text none stream).GetAsyncEnumerator none
    let! _ = Items.next enumerator
    do! stream.DisposeAsync()
    do! Expect.soon feed.Disposed
    Expect.equal 1 exchanges.Count

    match! streamEnd (replaying exchanges) with
    | StreamEnd.Truncated partial -> Expect.equal "Hel" (Content.text partial.Content)
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``a request that was not recorded is an error that names it`` () : Task = task {
    let! result = call (replaying [])

    match result with
    | Error(LlmError.Connection("fake.test", message)) -> Assert.That(message, Does.Contain "POST http://fake.test/v1/answers")
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``each recorded exchange is given once, and equal requests get theirs in order`` () : Task = task {
    let answers = [ for text in [ "first"; "second" ] -> ScriptedTransport.refusal 400 text ]
    let struct (transport, exchanges) = recording (ScriptedTransport.create answers).Transport
    let model = Fake.model Fake.hello transport
    let! _ = call model
    let! _ = call model
    let replay = replaying exchanges
    let! first = call replay
    let! second = call replay
    let! third = call replay

    let text result =
        match result with
        | Error(LlmError.Api error) -> error.Message
        | Error error -> LlmError.render error
        | Ok _ -> "no error"

    Expect.equal ("first", "second") (text first, text second)
    Assert.That(text third, Does.Contain "no recording")
}

[<Test>]
let ``another question is not what was recorded`` () : Task = task {
    let struct (transport, exchanges) = recording (ScriptedTransport.create [ answer ]).Transport
    let! _ = call (Fake.model Fake.hello transport)
    let! result = replaying exchanges |> Model.call [ Message.user "Something else?" ] none
    Expect.equal true (Result.isError result)
}

[<Test>]
let ``recordings hold no secrets, wherever they stood`` () : Task = task {
    let echo =
        { ScriptedTransport.json $"{{\"your_key\":\"{Fake.key}\"}}" with
            Headers = [ "set-cookie", "session=1"; "x-echo", $"Bearer {Fake.key}"; "x-api-key", "other-secret" ]
        }

    let struct (transport, exchanges) = recording (ScriptedTransport.create [ echo; echo ]).Transport
    let provider = { Fake.provider (Fake.codec Fake.hello) with BaseUrl = "http://fake.test/v1?key=query-secret&x=" }
    let question = [ Message.user $"Is {Fake.key} my key?" ]

    let ask transport = Model.parse "fake/one" |> Model.withClient (Fake.client provider transport) |> Model.call question none

    let! recorded = ask transport
    let line = exchanges |> Seq.exactlyOne |> Exchange.toJson

    for secret in [ Fake.key; "query-secret"; "session=1"; "other-secret" ] do
        Assert.That(line, Does.Not.Contain secret)

    // And yet the request is found again.
    let! replayed = ask (RecordingTransport.replay (List.ofSeq exchanges))
    Expect.equal (Result.isOk recorded) (Result.isOk replayed)
}

[<Law>]
let ``reading a line that was written gives the exchange``
    (request: Bytes)
    (response: Bytes)
    (headers: Headers)
    (url: string)
    (isBroken: bool)
    =
    let exchange =
        {
            Method = "POST"
            Url = url
            RequestBody = request
            Status = 200
            ResponseHeaders = headers
            ResponseBody = response
            IsBroken = isBroken
        }

    let line = Exchange.toJson exchange
    Expect.equal (Ok exchange) (Exchange.ofJson line)
    Assert.That(line, Does.Not.Contain "\n")

[<Test>]
let ``a line that is no exchange is an error that says where`` () =
    let place line =
        match Exchange.ofJson line with
        | Error(LlmError.InvalidJson(path, _)) -> path
        | other -> failwith $"%A{other}"

    Expect.equal "$" (place "nonsense")
    Expect.equal "$" (place "{}")
    Expect.equal "$.request_body" (place "{\"method\":\"POST\",\"url\":\"u\",\"status\":200}")

    Expect.equal
        "$.response_body.base64"
        (place "{\"method\":\"POST\",\"url\":\"u\",\"status\":200,\"request_body\":\"\",\"response_body\":{\"base64\":\"!\"}}")

[<Test>]
let ``a file of recordings is replayed`` () : Task = task {
    let path = Path.Combine(Path.GetTempPath(), $"llm-{Guid.NewGuid():N}.jsonl")

    try
        let script = ScriptedTransport.create [ answer; Fake.events Fake.hello ]
        let model = Fake.model Fake.hello (RecordingTransport.recordTo path script.Transport)
        let! whole = call model
        let! streamed = streamEnd model
        let replay = Fake.model Fake.hello (Fake.ok (RecordingTransport.ofFile path))
        let! wholeAgain = call replay
        let! streamedAgain = streamEnd replay
        Expect.equal (Fake.ok whole) (Fake.ok wholeAgain)
        Expect.equal streamed streamedAgain
    finally
        File.Delete path
}

let private unwritable (result: Result<'value, LlmError>) =
    match result with
    | Error(LlmError.InvalidRequest("path", reason)) -> reason.Contains "no-such-folder"
    | _ -> false

[<Test>]
let ``a file that cannot be written is told before anything is asked`` () : Task = task {
    let path = Path.Combine(Path.GetTempPath(), $"llm-{Guid.NewGuid():N}", "no-such-folder", "calls.jsonl")
    let script = ScriptedTransport.create [ answer; Fake.events Fake.hello ]
    let model = Fake.model Fake.hello (RecordingTransport.recordTo path script.Transport)
    let! whole = call model
    let! streamed = model |> Model.stream Fake.question CancellationToken.None
    Expect.equal (true, true, 0) (unwritable whole, unwritable streamed, script.Requests().Length)
}

[<Test>]
let ``an answer that could not be recorded is an answer, and no more are asked for`` () : Task = task {
    let folder = Path.Combine(Path.GetTempPath(), $"llm-{Guid.NewGuid():N}", "no-such-folder")
    let path = Path.Combine(folder, "calls.jsonl")

    try
        Directory.CreateDirectory folder |> ignore
        let script = ScriptedTransport.create [ answer; answer ]

        // The folder goes away while the answer is awaited.
        let transport =
            Transport.create (fun request cancellationToken ->
                Directory.Delete(folder, recursive = true)
                script.Transport.Send request cancellationToken)

        let model = Fake.model Fake.hello (RecordingTransport.recordTo path transport)
        let! first = call model
        Directory.CreateDirectory folder |> ignore
        let! second = call model
        Expect.equal (true, true, 1) (Result.isOk first, unwritable second, script.Requests().Length)
    finally
        Directory.Delete(Path.GetDirectoryName folder, recursive = true)
}

[<Test>]
let ``a file that is not there, or is no recording, is an error value`` () =
    let missing = RecordingTransport.ofFile (Path.Combine(Path.GetTempPath(), $"llm-{Guid.NewGuid():N}", "no.jsonl"))
    Expect.equal true (Result.isError (Result.map ignore missing))

[<Test>]
let ``a script gives its answers in order, keeps what it was asked, and ends in an error`` () : Task = task {
    let script = ScriptedTransport.create [ ScriptedTransport.refusal 400 "one"; ScriptedTransport.refusal 400 "two" ]
    let model = Fake.model Fake.hello script.Transport

    let! results = task {
        let! first = call model
        let! second = call model
        let! third = call model
        return [ first; second; third ] |> List.map (Result.map ignore)
    }

    Expect.equal
        [
            Error(LlmError.Api(Fake.apiError 400 "one"))
            Error(LlmError.Api(Fake.apiError 400 "two"))
            Error(LlmError.Connection("fake.test", "the script has no answer left"))
        ]
        results

    Expect.equal 3 (script.Requests()).Length
}

[<Law>]
let ``a script's body arrives whole, in whatever pieces`` (body: Bytes) (cuts: Cuts) (room: FsCheck.PositiveInt) =
    let pieces = Cutting.bytes cuts (Bytes.toArray body)
    let script = ScriptedTransport.create [ { answer with Pieces = pieces } ]

    let request: TransportRequest =
        {
            Method = "POST"
            Url = "http://fake.test"
            Headers = []
            SecretHeaders = []
            Body = RequestBody.empty
            Stream = true
            ConnectTimeout = System.TimeSpan.FromSeconds 30.0
        }

    use response = (script.Transport.Send request none).Result |> Fake.ok
    use copy = new MemoryStream()
    // Less room than a piece has bytes: CopyTo would take more.
    let buffer = Array.zeroCreate<byte>(1 + room.Get % 7)
    let mutable read = response.Body.Read(buffer, 0, buffer.Length)

    while read > 0 do
        copy.Write(buffer, 0, read)
        read <- response.Body.Read(buffer, 0, buffer.Length)

    Expect.equal body (Bytes.ofArray (copy.ToArray()))
