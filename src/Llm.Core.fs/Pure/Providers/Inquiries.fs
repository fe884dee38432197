// What the formats share in asking for a number of tokens and for a list of models: keeping of a call's body what the question takes, and
// going through the lists in which vendors answer. Called by the codecs, with their vendors' names of things.
namespace Llm.Core

open System
open System.Globalization
open System.Text
open System.Text.Json

/// What a list's items call what we want to know; the first that is there counts.
type internal ListingNames =
    {
        /// Where the list is; the whole answer may be the list.
        List: string
        Id: string list
        /// What the model's name in calls does not have.
        IdPrefix: string
        Name: string list
        Created: string list
        Input: string list
        Output: string list
        /// Where the next page's name is.
        Next: JsonElement -> string option
    }

[<RequireQualifiedAccess>]
module internal Inquiries =
    /// The body of a call, as JSON.
    let bodyOf (encoded: EncodedRequest) : Json = Json.trusted (RequestBody.text encoded.Body)

    /// The same question with another body.
    let withBody (body: Json) (encoded: EncodedRequest) : EncodedRequest = { encoded with Body = Wire.body (Wire.raw body) }

    /// A body with these of its members only.
    let keep (names: string list) (body: Json) : Json =
        body |> SchemaRewrite.top (List.filter (fun (struct (name, _)) -> List.contains name names))

    /// An object of one member.
    let wrap (name: string) (json: Json) : Json = Json.trusted $"{{{Json.quote name}:{Json.text json}}}"

    let private read (provider: string) (what: string) (read: JsonElement -> 'value voption) (body: ReadOnlyMemory<byte>) =
        match Dom.parse body read with
        | Ok(ValueSome value) -> Ok value
        | Ok ValueNone -> Error(ErrorBody.invalid provider what body)
        | Error message -> Error(ErrorBody.invalid provider message body)

    /// The number that an answer holds under this name.
    let count (provider: string) (name: string) (body: ReadOnlyMemory<byte>) : Result<int64, LlmError> =
        read provider $"the answer has no {name}" (Dom.int64 name) body

    /// The length of the list that an answer holds under this name.
    let length (provider: string) (name: string) (body: ReadOnlyMemory<byte>) : Result<int64, LlmError> =
        let length root = Dom.property name root |> ValueOption.map (fun list -> int64 (Dom.asItems list).Length)
        read provider $"the answer has no {name}" length body

    let private firstOf (read: string -> JsonElement -> 'value voption) (names: string list) (item: JsonElement) : 'value option =
        names |> List.tryPick (fun name -> read name item |> ValueOption.toOption)

    /// Seconds since 1970, or ISO 8601. Vendors that do not know say 0.
    let private moment (name: string) (item: JsonElement) : DateTimeOffset voption =
        match Dom.property name item with
        | ValueSome value when value.ValueKind = JsonValueKind.Number ->
            Dom.asInt64 value
            |> ValueOption.filter (fun seconds -> seconds > 0L && seconds < 253402300800L)
            |> ValueOption.map DateTimeOffset.FromUnixTimeSeconds
        | ValueSome value ->
            let text = Dom.asString value |> ValueOption.defaultValue ""

            match DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) with
            | true, found -> ValueSome found
            | _ -> ValueNone
        | ValueNone -> ValueNone

    let private model (names: ListingNames) (item: JsonElement) : ModelInfo option =
        firstOf Dom.nonEmpty names.Id item
        |> Option.map (fun id ->
            {
                Id = if id.StartsWith(names.IdPrefix, StringComparison.Ordinal) then id.Substring names.IdPrefix.Length else id
                Name = firstOf Dom.nonEmpty names.Name item
                CreatedAt = firstOf moment names.Created item
                InputTokens = firstOf Dom.int64 names.Input item
                OutputTokens = firstOf Dom.int64 names.Output item
                Raw = Dom.raw item
            })

    /// A page of models.
    let models (provider: string) (names: ListingNames) (body: ReadOnlyMemory<byte>) : Result<ModelPage, LlmError> =
        let page (root: JsonElement) =
            let list = if root.ValueKind = JsonValueKind.Array then ValueSome root else Dom.property names.List root

            list
            |> ValueOption.filter (fun list -> list.ValueKind = JsonValueKind.Array)
            |> ValueOption.map (fun list ->
                let next = if Dom.isObject root then names.Next root else None
                { Models = Dom.asItems list |> List.choose (model names); Next = next })

        read provider $"the answer has no list '{names.List}'" page body

    /// The names of OpenAI's list and of what its imitators add; all on one page.
    let openai: ListingNames =
        {
            List = "data"
            Id = [ "id" ]
            IdPrefix = ""
            Name = [ "display_name"; "name" ]
            Created = [ "created"; "created_at" ]
            Input = [ "context_length"; "context_window"; "max_context_length"; "max_model_len" ]
            Output = [ "max_completion_tokens"; "max_output_tokens" ]
            Next = fun _ -> None
        }

    /// A listing of one page at the calls' own host.
    let listing (provider: string) (names: ListingNames) (path: string option -> string) : ModelListing =
        { Path = path; Headers = []; Url = id; Decode = models provider names }

    let private regions = [ "us"; "us-gov"; "eu"; "apac"; "jp"; "au"; "ca"; "global" ]

    /// A Bedrock model's id without the regions of an inference profile: tokens are counted by models.
    let withoutRegion (model: string) : string =
        match model.Split('.', 2) with
        | [| region; rest |] when List.contains region regions && rest.Contains '.' -> rest
        | _ -> model
