// The models that a provider serves. Called by users.
namespace Llm.Core

open System.Threading
open System.Threading.Tasks

/// <summary>Lists of models.</summary>
[<RequireQualifiedAccess>]
module Models =
    /// A list that has no end is a fault of the server's.
    let private mostPages = 100

    let private inquiry
        (prefix: string)
        (provider: Provider)
        (codec: Codec)
        (listing: ModelListing)
        (next: string option)
        : Inquiry<ModelPage> =
        {
            ModelId = prefix
            Provider = provider
            Codec = codec
            Method = "GET"
            Url = listing.Url
            Path = listing.Path next
            Headers = listing.Headers
            Body = RequestBody.empty
            Decode = listing.Decode
        }

    let private pages
        (client: Client)
        (prefix: string)
        (provider: Provider)
        (codec: Codec)
        (listing: ModelListing)
        (cancellationToken: CancellationToken)
        =
        let rec from (next: string option) (found: ModelInfo list list) : Task<Result<ModelInfo list, LlmError>> = task {
            match! (Inquiry.ask client (inquiry prefix provider codec listing next) cancellationToken).ConfigureAwait false with
            | Error error -> return Error error
            | Ok page ->
                let all = page.Models :: found

                match page.Next with
                | Some _ when page.Next <> next && all.Length < mostPages -> return! (from page.Next all).ConfigureAwait false
                | _ -> return Ok(all |> List.rev |> List.concat)
        }

        from None []

    /// <summary>
    /// All models that the provider of a prefix serves, page by page; the ids of models are those that follow the prefix in model ids.
    /// <c>FeatureNotSupported</c> where the provider lists none.
    /// </summary>
    /// <example><c>Client.standard |> Models.list "openai/" cancellationToken</c></example>
    let list (prefix: string) (cancellationToken: CancellationToken) (client: Client) : Task<Result<ModelInfo list, LlmError>> =
        let resolved =
            Registry.resolve prefix client.Registry
            |> Result.bind (fun (struct (provider, _)) ->
                provider.Route(Request.create "any" Params.none false [ Message.user "any" ])
                |> Result.map (fun (struct (codec, _)) -> struct (provider, codec)))

        match resolved with
        | Error error -> Task.FromResult(Error error)
        | Ok(struct (provider, codec)) ->
            match codec.ModelListing with
            | Some listing -> pages client prefix provider codec listing cancellationToken
            | None ->
                let alternative = "see the vendor's page of models"
                Task.FromResult(Error(LlmError.FeatureNotSupported("listing models", provider.Id, None, Some alternative)))
