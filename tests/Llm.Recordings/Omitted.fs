// Media whose bytes the recordings left out: `{"$omitted_base64_sha256":"...","bytes":42}` stands in their place.
// Bytes that stand for them go through the encoder, and come out of its body as that object again.
module Llm.Recordings.Omitted

open System
open System.Text.Json
open Llm.Core
open Llm.Recordings.Element

/// The member that names the bytes that were left out.
let hashName = "$omitted_base64_sha256"

/// The bytes that stand for them: those of the hash.
let standIn (hash: string) : Bytes = Bytes.ofArray (Convert.FromHexString hash)

/// The objects in a recorded body that stand for bytes.
let rec private markers (element: JsonElement) : JsonElement list =
    match element.ValueKind with
    | JsonValueKind.Array -> items element |> List.collect markers
    | JsonValueKind.Object when tryMember hashName element |> Option.isSome -> [ element ]
    | JsonValueKind.Object -> members element |> List.collect (snd >> markers)
    | _ -> []

/// The encoder's body with the objects of the recorded one in the place of their stand-ins.
let putBack (recorded: JsonElement) (body: string) : string =
    markers recorded
    |> List.fold
        (fun (body: string) marker ->
            let base64 = tryText hashName marker |> Option.map (standIn >> Bytes.toBase64) |> Option.defaultValue ""
            let urlSafe = base64.Replace('+', '-').Replace('/', '_')
            let text = marker.GetRawText()
            body.Replace($"\"{base64}\"", text).Replace($"\"{urlSafe}\"", text))
        body
