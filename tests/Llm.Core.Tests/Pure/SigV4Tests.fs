/// Signature Version 4: the examples of Amazon's own documents, what counts beyond them, and the published vectors where they are at hand.
module Llm.Core.Tests.SigV4Tests

open System
open System.Globalization
open System.IO
open System.Text
open System.Text.Json
open NUnit.Framework
open Llm.Core

/// Lists are compared as values.
let private equalTo (expected: 'value) = Is.EqualTo(box expected)

let private time (text: string) =
    DateTimeOffset.ParseExact(text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)

let private credentials id secret : AwsCredentials = { AccessKeyId = id; SecretAccessKey = Secret.create secret; SessionToken = None }

let private bytes (text: string) = ReadOnlyMemory(Encoding.UTF8.GetBytes text)

let private authorization (headers: Headers) = Headers.tryFind "Authorization" headers |> Option.defaultValue ""

let private signatureOf (headers: Headers) = ((authorization headers).Split "Signature=")[1]

let private example = credentials "AKIDEXAMPLE" "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

let private bedrock = SigV4.signing "us-east-1" "bedrock" (time "20250102T030405Z")

/// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html, the request that lists users.
[<Test>]
let ``the example of the IAM documents`` () =
    let signed =
        SigV4.sign
            (SigV4.signing "us-east-1" "iam" (time "20150830T123600Z"))
            example
            "GET"
            "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08"
            [ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" ]
            ReadOnlyMemory.Empty

    Assert.That(
        signed,
        equalTo
            [
                "x-amz-date", "20150830T123600Z"
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
            ]
    )

/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
let private s3Examples: (string * Headers * string) list =
    [
        "https://examplebucket.s3.amazonaws.com/test.txt",
        [ "Range", "bytes=0-9" ],
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        "https://examplebucket.s3.amazonaws.com/?lifecycle", [], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
        [],
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    ]

[<Test>]
let ``the examples of the S3 documents`` () =
    let signing =
        { SigV4.signing "us-east-1" "s3" (time "20130524T000000Z") with
            NormalizesPath = false
            SendsContentHash = true
        }

    let keys = credentials "AKIAIOSFODNN7EXAMPLE" "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

    for url, headers, expected in s3Examples do
        Assert.That(signatureOf (SigV4.sign signing keys "GET" url headers ReadOnlyMemory.Empty), equalTo expected, url)

let private pathOf (url: string) = (SigV4.canonicalRequest bedrock "POST" url [] ReadOnlyMemory.Empty).Split('\n')[1]

[<Test>]
let ``a path is signed as it is sent: an escape is escaped again`` () =
    Assert.That(pathOf "https://host/model/a.b-v1:0/converse", equalTo "/model/a.b-v1%3A0/converse")
    Assert.That(pathOf "https://host/model/a.b-v1%3A0/converse", equalTo "/model/a.b-v1%253A0/converse")
    Assert.That(pathOf "https://host/model/arn%3Aaws%2Fx/converse", equalTo "/model/arn%253Aaws%252Fx/converse")

[<Test>]
let ``a url without a path has the root's, and a port belongs to the host`` () =
    Assert.That(pathOf "https://host", equalTo "/")
    Assert.That(pathOf "https://host?a=b", equalTo "/")
    Assert.That((SigV4.canonicalRequest bedrock "GET" "http://localhost:8080/a" [] ReadOnlyMemory.Empty).Contains "host:localhost:8080\n")

[<Test>]
let ``the host that a header says beats the url's`` () =
    let request = SigV4.canonicalRequest bedrock "GET" "https://proxy/a" [ "Host", "bedrock" ] ReadOnlyMemory.Empty
    Assert.That(request.Contains "host:bedrock\n")
    Assert.That(request.Contains "proxy", Is.False)

[<Test>]
let ``headers that change on the way are not signed`` () =
    let headers = [ "User-Agent", "x"; "Connection", "close"; "Authorization", "old"; "Content-Type", "application/json" ]
    let signed = SigV4.sign bedrock example "POST" "https://host/a" headers (bytes "{}")
    Assert.That((authorization signed).Contains "SignedHeaders=content-type;host;x-amz-date,")

[<Test>]
let ``headers of an earlier signature are replaced, so that signing again gives the same`` () =
    let sign headers = SigV4.sign bedrock example "POST" "https://host/a" headers (bytes "{}")
    let first = sign [ "Content-Type", "application/json" ]
    let stale = [ "Content-Type", "application/json"; "X-Amz-Date", "19990101T000000Z"; "Authorization", authorization first ]
    Assert.That(sign stale, equalTo first)

[<Test>]
let ``a session token is sent and signed`` () =
    let signed =
        SigV4.sign bedrock { example with SessionToken = Some(Secret.create "token") } "POST" "https://host/a" [] (bytes "{}")

    Assert.That(Headers.tryFind "x-amz-security-token" signed, equalTo (Some "token"))
    Assert.That((authorization signed).Contains "SignedHeaders=host;x-amz-date;x-amz-security-token,")

[<Test>]
let ``the body, the verb, the time, the region and the service all count`` () =
    let signed signing verb body = SigV4.sign signing example verb "https://host/a" [] (bytes body) |> signatureOf

    let all =
        [
            signed bedrock "POST" "{}"
            signed bedrock "POST" "{ }"
            signed bedrock "PUT" "{}"
            signed { bedrock with Timestamp = bedrock.Timestamp.AddSeconds 1.0 } "POST" "{}"
            signed { bedrock with Region = "eu-west-1" } "POST" "{}"
            signed { bedrock with Service = "bedrock-agent" } "POST" "{}"
        ]

    Assert.That(List.distinct all, Has.Length.EqualTo all.Length)

[<Test>]
let ``a time of any zone is signed as universal`` () =
    let elsewhere = { bedrock with Timestamp = bedrock.Timestamp.ToOffset(TimeSpan.FromHours 9.0) }
    let sign signing = SigV4.sign signing example "POST" "https://host/a" [] (bytes "{}")
    Assert.That(sign elsewhere, equalTo (sign bedrock))

[<Test>]
let ``broken escapes in a query are no fault`` () =
    let request = SigV4.canonicalRequest bedrock "GET" "https://host/?a=%&b=%4&c=%zz&d=%41&&=" [] ReadOnlyMemory.Empty
    Assert.That(request.Split('\n')[2], equalTo "=&a=%25&b=%254&c=%25zz&d=A")

// The published vectors: one directory a case.

let private variable = "LLM_SIGV4"

let rec private root (directory: DirectoryInfo | null) : string option =
    match directory with
    | null -> None
    | found when File.Exists(Path.Combine(found.FullName, "Llm.sln")) -> Some found.FullName
    | found -> root found.Parent

let private vectors () : string option =
    match Environment.GetEnvironmentVariable variable with
    | null
    | "" ->
        root (DirectoryInfo TestContext.CurrentContext.TestDirectory)
        |> Option.map (fun project -> Path.GetFullPath(Path.Combine(project, "..", "shared", "sigv4")))
    | named -> Some named
    |> Option.filter Directory.Exists

/// A request as text: its first line, its headers with folded lines, its body.
let private parse (text: string) : string * string * Headers * string =
    let head, body =
        match text.IndexOf "\n\n" with
        | -1 -> text.TrimEnd '\n', ""
        | position -> text.Substring(0, position), text.Substring(position + 2)

    let lines = head.Split '\n'
    let first = lines[0]
    let target = first.Substring(first.IndexOf ' ' + 1, first.LastIndexOf ' ' - first.IndexOf ' ' - 1)

    let add (headers: Headers) (line: string) : Headers =
        match headers with
        | (name, value) :: rest when line.StartsWith ' ' -> (name, value + "\n" + line) :: rest
        | _ -> (line.Substring(0, line.IndexOf ':'), line.Substring(line.IndexOf ':' + 1)) :: headers

    first.Substring(0, first.IndexOf ' '), target, (lines |> Array.skip 1 |> Array.fold add [] |> List.rev), body

let private optional (name: string) (element: JsonElement) : JsonElement option =
    match element.TryGetProperty name with
    | true, value -> Some value
    | _ -> None

let private text (name: string) (element: JsonElement) = (optional name element).Value.GetString() |> Option.ofObj |> Option.get

let private isTrue (name: string) (element: JsonElement) = optional name element |> Option.exists (fun value -> value.GetBoolean())

let private check (directory: string) : unit =
    let file name = File.ReadAllText(Path.Combine(directory, name)).Replace("\r", "")
    use document = JsonDocument.Parse(file "context.json")
    let context = document.RootElement
    let keys = (optional "credentials" context).Value

    let signing =
        {
            Region = text "region" context
            Service = text "service" context
            Timestamp = (optional "timestamp" context).Value.GetDateTimeOffset()
            NormalizesPath = isTrue "normalize" context
            SendsContentHash = isTrue "sign_body" context
            SignsSessionToken = not (isTrue "omit_session_token" context)
        }

    let credentials =
        { credentials (text "access_key_id" keys) (text "secret_access_key" keys) with
            SessionToken = optional "token" keys |> Option.bind (fun token -> Option.ofObj (token.GetString())) |> Option.map Secret.create
        }

    let verb, target, headers, body = parse (file "request.txt")
    let url = "https://example.amazonaws.com" + target
    let signed = SigV4.sign signing credentials verb url headers (bytes body)

    let added =
        signed
        |> List.filter (fun (name, _) -> name <> "Authorization" && (signing.SignsSessionToken || name <> "x-amz-security-token"))

    let case = Path.GetFileName directory

    Assert.That(
        SigV4.canonicalRequest signing verb url (headers @ added) (bytes body),
        equalTo ((file "header-canonical-request.txt").TrimEnd '\n'),
        case
    )

    Assert.That(
        SigV4.stringToSign signing verb url (headers @ added) (bytes body),
        equalTo ((file "header-string-to-sign.txt").TrimEnd '\n'),
        case
    )

    Assert.That(signatureOf signed, equalTo ((file "header-signature.txt").Trim()), case)

    // All that the signed request holds is what was there and what we add.
    let _, _, expected, _ = parse (file "header-signed-request.txt")
    let lowered (headers: Headers) = headers |> List.map (fun (name, value) -> name.ToLowerInvariant(), value) |> List.sort
    Assert.That(lowered (headers @ signed), equalTo (lowered expected), case)

[<Test>]
let ``every published vector`` () =
    match vectors () with
    | None -> Assert.Ignore $"no vectors of Signature Version 4 here: set {variable} to their directory"
    | Some directory ->
        let cases = Directory.GetDirectories directory |> Array.filter (fun case -> File.Exists(Path.Combine(case, "context.json")))
        Assert.That(cases, Is.Not.Empty)
        Array.iter check cases
