// Media from files, streams and addresses: what is read, how much at most, and what is said when it cannot be.
module Llm.Core.Tests.MediaSourceTests

open System
open System.IO
open System.Net.Http
open System.Text
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core

let private png: byte[] =
    Array.append [| 0x89uy; 0x50uy; 0x4Euy; 0x47uy; 0x0Duy; 0x0Auy; 0x1Auy; 0x0Auy |] (Array.init 5000 byte)

let private image: Result<Image, LlmError> = Ok(Image.Inline("image/png", Bytes.ofArray png))

let private size = int64 png.Length

let private withFile (name: string) (content: byte[]) (use': string -> Task) : Task = task {
    let folder = Directory.CreateTempSubdirectory "llm-media"

    try
        let path = Path.Combine(folder.FullName, name)
        File.WriteAllBytes(path, content)
        do! use' path
    finally
        folder.Delete true
}

let private reasonOf (result: Result<'value, LlmError>) : string =
    match result with
    | Error(LlmError.InvalidRequest(_, reason)) -> reason
    | other -> failwith $"{other}"

[<Test>]
let ``a file's bytes say what it is, and not its name`` () =
    withFile "photo.jpg" png (fun path -> task {
        let! read = Image.fromFile path CancellationToken.None
        Expect.equal image read
        let! atLimit = Image.load size (MediaSource.File path) CancellationToken.None
        Expect.equal image atLimit
        let! over = Image.load (size - 1L) (MediaSource.File path) CancellationToken.None
        Assert.That(reasonOf over, Does.Contain $"{size} bytes")
        let! document = Document.fromFile path CancellationToken.None
        Assert.That(reasonOf document, Does.Contain "media type")
    })

[<Test>]
let ``a text's type comes from the name of its file`` () =
    withFile "notes.md" (Encoding.UTF8.GetBytes "# na\u00efve") (fun path -> task {
        let! read = Document.fromFile path CancellationToken.None
        Expect.equal (Ok(Document.Text("text/markdown", "# na\u00efve"))) read
        let! said = Document.load 100L (Some "text/plain") (MediaSource.File path) CancellationToken.None
        Expect.equal (Ok(Document.Text("text/plain", "# na\u00efve"))) said
    })

[<Test>]
let ``a file that cannot be read is an error with its path`` () : Task = task {
    let missing = Path.Combine(Path.GetTempPath(), "llm-no-such-folder", "a.png")
    let! read = Image.fromFile missing CancellationToken.None
    Assert.That(reasonOf read, Does.Contain(missing).And.Contain("is not there"))
    let! folder = Image.fromFile (Path.GetTempPath()) CancellationToken.None
    Assert.That(reasonOf folder, Does.Contain "directory")
    let! empty = Image.fromFile "" CancellationToken.None
    Assert.That(empty.IsError)
}

/// Bytes without a known length, a few at a time, without an end if so wanted.
type private Trickle(bytes: byte[], isEndless: bool) =
    inherit ReadOnlyStream()
    let mutable position = 0
    member _.Given = position

    override _.Read(buffer: byte[], offset: int, count: int) =
        let left = if isEndless then count else bytes.Length - position
        let taken = min 777 (min left count)

        for index in 0 .. taken - 1 do
            buffer[offset + index] <- bytes[(position + index) % bytes.Length]

        position <- position + taken
        taken

    override this.ReadAsync(memory: Memory<byte>, _: CancellationToken) =
        let buffer = Array.zeroCreate<byte> memory.Length
        let taken = this.Read(buffer, 0, buffer.Length)
        buffer.AsSpan(0, taken).CopyTo memory.Span
        ValueTask<int> taken

[<Test>]
let ``a stream is read from where it stands, left open, and no further than the limit`` () : Task = task {
    use memory = new MemoryStream(Array.append "skipped"B png)
    memory.Position <- 7L
    let! read = Image.fromStream memory CancellationToken.None
    Expect.equal image read
    Assert.That(memory.CanRead)
    let! slow = Image.fromStream (new Trickle(png, false)) CancellationToken.None
    Expect.equal image slow
    let endless = new Trickle(png, true)
    let! cut = Image.load 100_000L (MediaSource.Stream endless) CancellationToken.None
    Assert.That(reasonOf cut, Does.Contain "the limit is 100000")
    Assert.That(endless.Given, Is.LessThan 300_000)
    let closed = new MemoryStream(png)
    closed.Dispose()
    let! failed = Image.load 100L (MediaSource.Bytes(Bytes.ofArray png)) CancellationToken.None
    Assert.That(reasonOf failed, Does.Contain "the limit is 100")
}

let private client = Client.standard |> Client.withTransport (HttpTransport.create TimeProvider.System)

let private answer (head: string) (body: byte[]) (connection: ServerConnection) : Task = task {
    do! connection.Send $"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n"
    do! connection.SendBytes body
    connection.Close()
}

let private serving (treat: ServerConnection -> Task) (use': string -> Task) : Task = task {
    use server = new TestServer(treat)
    do! use' server.Url
}

[<Test>]
let ``a download follows redirects and sends no key`` () : Task =
    let seen = Collections.Concurrent.ConcurrentQueue<string>()

    let treat (connection: ServerConnection) =
        seen.Enqueue connection.Request

        if connection.Request.StartsWith("GET /cat ", StringComparison.Ordinal) then
            answer $"200 OK\r\nContent-Length: {png.Length}\r\nContent-Type: text/plain" png connection
        else
            answer "302 Found\r\nLocation: /cat\r\nContent-Length: 0" Array.empty connection

    serving treat (fun url -> task {
        let! read = client |> Image.download $"{url}/moved" CancellationToken.None
        Expect.equal image read
        Assert.That(seen.Count, Is.EqualTo 2)
        Assert.That(String.concat "\n" seen, Does.Not.Contain("uthorization").And.Not.Contain("x-api-key"))
    })

[<Test>]
let ``a download that is refused is the error of its status`` () : Task =
    serving (answer "404 Not Found\r\nContent-Length: 9" "not there"B) (fun url -> task {
        match! client |> Image.download $"{url}/cat.png" CancellationToken.None with
        | Error(LlmError.NotFound error) ->
            Assert.That(error.Status, Is.EqualTo(Some 404))
            Assert.That(error.Body, Is.EqualTo "not there")
        | other -> Assert.Fail $"{other}"
    })

[<Test>]
let ``a download ends at the limit, whatever length was announced`` () : Task = task {
    let announced = answer $"200 OK\r\nContent-Length: {png.Length}" png

    do!
        serving announced (fun url -> task {
            let! read = Image.load 1000L (MediaSource.Download(client, url)) CancellationToken.None
            Assert.That(reasonOf read, Does.Contain($"{size} bytes").And.Contain("the limit is 1000"))
        })

    do!
        serving (answer "200 OK" png) (fun url -> task {
            let! read = Image.load 1000L (MediaSource.Download(client, url)) CancellationToken.None
            Assert.That(reasonOf read, Does.Contain "the limit is 1000")
        })
}

[<Test>]
let ``a download that stops is a timeout, and one that breaks a broken connection`` () : Task = task {
    let hanging (connection: ServerConnection) : Task = task {
        do! connection.Send "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"
        do! connection.ClosedByClient()
    }

    let impatient = { client with Timeouts = { client.Timeouts with Idle = TimeSpan.FromMilliseconds 50.0 } }

    do!
        serving hanging (fun url -> task {
            match! impatient |> Image.download url CancellationToken.None with
            | Error(LlmError.Timeout(TimeoutCause.Idle _)) -> ()
            | other -> Assert.Fail $"{other}"
        })

    do!
        serving (answer "200 OK\r\nContent-Length: 100" "abc"B) (fun url -> task {
            match! client |> Image.download url CancellationToken.None with
            | Error(LlmError.Connection _) -> ()
            | other -> Assert.Fail $"{other}"
        })
}

[<TestCase("ftp://example.com/a.png")>]
[<TestCase("/etc/hosts")>]
[<TestCase("file:///etc/hosts")>]
[<TestCase("")>]
let ``only addresses of the web are downloaded`` (url: string) : Task = task {
    let! read = client |> Image.download url CancellationToken.None
    Assert.That(reasonOf read, Does.Contain "https://")
}

[<Test>]
let ``a text that is downloaded has the type of its address`` () : Task =
    serving (answer "200 OK" "a,b"B) (fun url -> task {
        let! read = client |> Document.download $"{url}/table.csv?x=1.pdf" CancellationToken.None
        Expect.equal (Ok(Document.Text("text/csv", "a,b"))) read
    })
