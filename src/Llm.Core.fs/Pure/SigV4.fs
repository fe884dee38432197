// Amazon's Signature Version 4 of a request, as a pure function: IAM User Guide, "Create a signed AWS API request".
// Called by the edge, which knows the keys and the time.
namespace Llm.Core

open System
open System.Globalization
open System.Security.Cryptography
open System.Text

/// Keys of an AWS identity.
type AwsCredentials =
    {
        /// The id of the access key, such as <c>AKIDEXAMPLE</c>.
        AccessKeyId: string
        /// The secret that signs; it is never sent.
        SecretAccessKey: Secret
        /// The token of temporary credentials.
        SessionToken: Secret option
    }

/// <summary>For what, when and how a request is signed.</summary>
type AwsSigning =
    {
        /// The region, such as <c>us-east-1</c>.
        Region: string
        /// The service's name for signing, such as <c>bedrock</c>.
        Service: string
        /// The time of signing; Amazon refuses one that is off by more than some minutes.
        Timestamp: DateTimeOffset
        /// Whether <c>.</c>, <c>..</c> and empty segments of the path are resolved before signing, as every service but S3 does.
        NormalizesPath: bool
        /// Whether the body's hash goes into a header of its own, <c>x-amz-content-sha256</c>.
        SendsContentHash: bool
        /// Whether the session token is signed; a few services want it added afterwards.
        SignsSessionToken: bool
    }

/// Functions that sign requests to AWS.
[<RequireQualifiedAccess>]
module SigV4 =
    let private algorithm = "AWS4-HMAC-SHA256"
    let private terminator = "aws4_request"

    /// Headers that proxies and clients change on the way; they are never signed.
    let private unsigned = set [ "authorization"; "connection"; "expect"; "transfer-encoding"; "user-agent"; "x-amzn-trace-id" ]

    /// <summary>How Bedrock and most services want it.</summary>
    /// <example><c>SigV4.signing "us-east-1" "bedrock" timestamp</c></example>
    let signing (region: string) (service: string) (timestamp: DateTimeOffset) : AwsSigning =
        {
            Region = region
            Service = service
            Timestamp = timestamp
            NormalizesPath = true
            SendsContentHash = false
            SignsSessionToken = true
        }

    let private utf8 (text: string) = Encoding.UTF8.GetBytes text

    let private hex (bytes: byte[]) = Convert.ToHexStringLower bytes

    /// Everything but the unreserved characters is escaped, and a slash where it may not stand.
    let private escape (keepsSlash: bool) (bytes: byte[]) : string =
        let isPlain (value: byte) =
            let character = char value
            Char.IsAsciiLetterOrDigit character || "-._~".Contains character || (keepsSlash && character = '/')

        let builder = StringBuilder(bytes.Length)

        for value in bytes do
            if isPlain value then
                builder.Append(char value) |> ignore
            else
                builder.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture)) |> ignore

        builder.ToString()

    let private hexDigits (text: string) (position: int) =
        if position + 2 < text.Length then
            match Byte.TryParse(text.AsSpan(position + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) with
            | true, value -> ValueSome value
            | _ -> ValueNone
        else
            ValueNone

    /// The bytes that an escaped text stands for.
    let private unescape (text: string) : byte[] =
        let rec loop (position: int) (taken: byte[] list) =
            match text.IndexOf('%', position) with
            | -1 -> utf8 (text.Substring position) :: taken
            | found ->
                let before = utf8 (text.Substring(position, found - position))

                match hexDigits text found with
                | ValueSome value -> loop (found + 3) ([| value |] :: before :: taken)
                | ValueNone -> loop (found + 1) ("%"B :: before :: taken)

        loop 0 [] |> List.rev |> Array.concat

    /// The parts of an absolute url that are signed, as they are sent.
    let private split (url: string) : struct (string * string * string) =
        let withoutFragment = url.Split('#')[0]
        let afterScheme = withoutFragment.IndexOf("://", StringComparison.Ordinal)
        let rest = if afterScheme < 0 then withoutFragment else withoutFragment.Substring(afterScheme + 3)

        let target, query =
            match rest.IndexOf '?' with
            | -1 -> rest, ""
            | position -> rest.Substring(0, position), rest.Substring(position + 1)

        match target.IndexOf '/' with
        | -1 -> struct (target, "/", query)
        | position -> struct (target.Substring(0, position), target.Substring position, query)

    /// Resolves the segments of a path (RFC 3986, 5.2.4), and joins slashes.
    let private normalize (path: string) : string =
        let step (kept: string list) segment =
            match segment, kept with
            | ("" | "."), _ -> kept
            | "..", [] -> []
            | "..", _ :: before -> before
            | _ -> segment :: kept

        let segments = path.Split '/' |> Array.fold step [] |> List.rev

        let endsInSlash =
            path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal) || path.EndsWith("/..", StringComparison.Ordinal)

        match segments with
        | [] -> "/"
        | _ -> "/" + String.concat "/" segments + (if endsInSlash then "/" else "")

    /// The path is escaped once more than it is sent: an escape in it is escaped again.
    let private canonicalPath (normalizes: bool) (path: string) : string =
        (if normalizes then normalize path else path) |> utf8 |> escape true

    let private canonicalQuery (query: string) : string =
        let pair (parameter: string) =
            match parameter.IndexOf '=' with
            | -1 -> parameter, ""
            | position -> parameter.Substring(0, position), parameter.Substring(position + 1)

        let canonical (text: string) = text |> unescape |> escape false

        query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        |> Array.map (pair >> fun (name, value) -> canonical name, canonical value)
        |> Array.sortWith (fun (name, value) (otherName, otherValue) ->
            match String.CompareOrdinal(name, otherName) with
            | 0 -> String.CompareOrdinal(value, otherValue)
            | order -> order)
        |> Array.map (fun (name, value) -> $"{name}={value}")
        |> String.concat "&"

    /// White space around a value goes, and white space within it becomes one blank.
    let private canonicalValue (value: string) : string =
        value.Split([| ' '; '\t'; '\r'; '\n' |], StringSplitOptions.RemoveEmptyEntries) |> String.concat " "

    let private canonicalHeaders (headers: Headers) : (string * string) list =
        headers
        |> List.map (fun (name, value) -> name.ToLowerInvariant(), canonicalValue value)
        |> List.filter (fun (name, _) -> not (Set.contains name unsigned))
        |> List.groupBy fst
        |> List.map (fun (name, values) -> name, values |> List.map snd |> String.concat ",")
        |> List.sortWith (fun (name, _) (otherName, _) -> String.CompareOrdinal(name, otherName))

    let private amazonTime (timestamp: DateTimeOffset) =
        timestamp.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)

    let private dateOf (signing: AwsSigning) = (amazonTime signing.Timestamp).Substring(0, 8)

    let private scope (signing: AwsSigning) = $"{dateOf signing}/{signing.Region}/{signing.Service}/{terminator}"

    let private hasHeader (name: string) (headers: Headers) = (Headers.tryFind name headers).IsSome

    /// The headers that signing adds before it signs.
    let private added (signing: AwsSigning) (credentials: AwsCredentials) (contentHash: string) : Headers =
        [
            "x-amz-date", amazonTime signing.Timestamp
            match credentials.SessionToken with
            | Some token when signing.SignsSessionToken -> "x-amz-security-token", Secret.reveal token
            | _ -> ()
            if signing.SendsContentHash then "x-amz-content-sha256", contentHash
        ]

    let private withHost (host: string) (headers: Headers) : Headers =
        if hasHeader "host" headers then headers else ("host", host) :: headers

    let private canonical (signing: AwsSigning) (verb: string) (url: string) (headers: Headers) (contentHash: string) =
        let struct (host, path, query) = split url
        let signed = headers |> withHost host |> canonicalHeaders
        let names = signed |> List.map fst |> String.concat ";"
        let lines = signed |> List.map (fun (name, value) -> $"{name}:{value}\n") |> String.concat ""

        struct (names,
                String.concat "\n" [ verb; canonicalPath signing.NormalizesPath path; canonicalQuery query; lines; names; contentHash ])

    let private toSign (signing: AwsSigning) (canonicalRequest: string) : string =
        String.concat "\n" [ algorithm; amazonTime signing.Timestamp; scope signing; hex (SHA256.HashData(utf8 canonicalRequest)) ]

    let private signature (signing: AwsSigning) (credentials: AwsCredentials) (text: string) : string =
        let mac (text: string) (key: byte[]) = HMACSHA256.HashData(key, utf8 text)

        utf8 ("AWS4" + Secret.reveal credentials.SecretAccessKey)
        |> mac (dateOf signing)
        |> mac signing.Region
        |> mac signing.Service
        |> mac terminator
        |> mac text
        |> hex

    let private hashOf (body: ReadOnlyMemory<byte>) = hex (SHA256.HashData body.Span)

    /// The canonical request of headers that stand already: what all that signs is about.
    let internal canonicalRequest (signing: AwsSigning) (verb: string) (url: string) (headers: Headers) (body: ReadOnlyMemory<byte>) =
        let struct (_, text) = canonical signing verb url headers (hashOf body)
        text

    /// What is signed, of headers that stand already.
    let internal stringToSign (signing: AwsSigning) (verb: string) (url: string) (headers: Headers) (body: ReadOnlyMemory<byte>) =
        canonicalRequest signing verb url headers body |> toSign signing

    /// <summary>
    /// The headers that sign a request, to be added to its own (where it has one of that name, in its place): <c>x-amz-date</c>, the
    /// token, the hash, and <c>Authorization</c>. All headers that are given are signed, save those that change on the way; so is the
    /// host, which is taken from the url where no header says it.
    /// The url is taken as it is sent: an escape in its path is one of its characters, so <c>%3A</c> and <c>:</c> sign differently.
    /// </summary>
    /// <example>
    /// <c>SigV4.sign signing credentials "POST" url [ "content-type", "application/json" ] body</c> evaluates to headers that end with
    /// <c>"Authorization", "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=content-type;host;x-amz-date, Signature=..."</c>.
    /// </example>
    let sign
        (signing: AwsSigning)
        (credentials: AwsCredentials)
        (verb: string)
        (url: string)
        (headers: Headers)
        (body: ReadOnlyMemory<byte>)
        : Headers =
        let contentHash = hashOf body
        let before = added signing credentials contentHash
        let isReplaced (name: string) = hasHeader name before
        let all = (headers |> List.filter (fst >> isReplaced >> not)) @ before
        let struct (names, request) = canonical signing verb url all contentHash
        let value = toSign signing request |> signature signing credentials

        let afterwards =
            match credentials.SessionToken with
            | Some token when not signing.SignsSessionToken -> [ "x-amz-security-token", Secret.reveal token ]
            | _ -> []

        before
        @ afterwards
        @ [
            "Authorization", $"{algorithm} Credential={credentials.AccessKeyId}/{scope signing}, SignedHeaders={names}, Signature={value}"
        ]
