// Checks Amazon's Signature Version 4 on a request as it came over the wire, computed apart from the library: AWS General Reference,
// "Signature Version 4 signing process". Knows only raw requests.
module Llm.Fakes.Signature

open System
open System.Collections.Generic
open System.Security.Cryptography
open System.Text

/// A request as it came.
type WireRequest =
    {
        Method: string
        /// Path and query, byte for byte.
        Target: string
        Headers: IReadOnlyList<struct (string * string)>
        Body: byte[]
    }

let headerOf (name: string) (request: WireRequest) : string option =
    request.Headers
    |> Seq.tryPick (fun struct (key, value) -> if String.Equals(key, name, StringComparison.OrdinalIgnoreCase) then Some value else None)

let private hex (bytes: byte[]) = Convert.ToHexStringLower bytes
let private hash (bytes: byte[]) = hex (SHA256.HashData bytes)

/// Each segment of the path that was sent is escaped once more; none of ours has dots or empty segments.
let private canonicalUri (target: string) =
    let path = (target.Split '?')[0]
    path.Split '/' |> Array.map (fun segment -> Uri.EscapeDataString segment) |> String.concat "/"

let private between (before: string) (after: string) (text: string) : string =
    let start = text.IndexOf before + before.Length

    match text.IndexOf(after, start) with
    | -1 -> text.Substring start
    | stop -> text.Substring(start, stop - start)

/// What is wrong with a request's signature by this secret; nothing where it is right.
let fault (secretKey: string) (request: WireRequest) : string option =
    match headerOf "authorization" request, headerOf "x-amz-date" request with
    | Some authorization, Some date when authorization.StartsWith "AWS4-HMAC-SHA256 " ->
        let scope = (between "Credential=" "," authorization).Split('/', 2)[1]
        let signed = between "SignedHeaders=" "," authorization
        let claimed = between "Signature=" "," authorization

        let lines =
            signed.Split ';'
            |> Array.map (fun name -> name + ":" + (headerOf name request |> Option.defaultValue "").Trim() + "\n")
            |> String.concat ""

        let canonical = String.Join("\n", request.Method, canonicalUri request.Target, "", lines, signed, hash request.Body)

        let text = String.Join("\n", "AWS4-HMAC-SHA256", date, scope, hash (Encoding.UTF8.GetBytes canonical))

        let key =
            scope.Split '/'
            |> Array.fold
                (fun (key: byte[]) part -> HMACSHA256.HashData(key, Encoding.UTF8.GetBytes part))
                (Encoding.UTF8.GetBytes("AWS4" + secretKey))

        let due = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes text) |> hex
        let names = signed.Split ';'

        if claimed <> due then
            Some $"the signature is {claimed}, and is due to be {due} of\n{canonical}"
        elif not (Array.contains "host" names) then
            Some "the host is not signed"
        elif (headerOf "x-amz-security-token" request).IsSome && not (Array.contains "x-amz-security-token" names) then
            Some "the session token is not signed"
        else
            None
    | _ -> Some "the request has no signature"
