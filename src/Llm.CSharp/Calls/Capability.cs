// What a model can be asked for, as its provider's encoder says.
namespace Llm;

/// <summary>Something that a call may ask for.</summary>
public enum Feature
{
    /// <summary>The answer as a stream.</summary>
    Streaming,

    /// <summary>Tools of the caller's.</summary>
    Tools,

    /// <summary>That some tool is called: <see cref="ToolChoice.Required"/>.</summary>
    RequiredTool,

    /// <summary>That one tool is called.</summary>
    NamedTool,

    /// <summary>That no tool is called, though there are some: <see cref="ToolChoice.None"/>.</summary>
    NoTool,

    /// <summary>Tools whose schemas are kept to.</summary>
    StrictTools,

    /// <summary>The provider's search of the web.</summary>
    WebSearch,

    /// <summary>A format whose schema is enforced.</summary>
    StrictFormat,

    /// <summary>A format by a tool's call.</summary>
    ToolFormat,

    /// <summary>A format as JSON.</summary>
    JsonFormat,

    /// <summary>A format beside tools, in the mode that is chosen for it.</summary>
    FormatWithTools,

    /// <summary>Much thinking.</summary>
    Thinking,

    /// <summary>No thinking.</summary>
    NoThinking,

    /// <summary>An image's bytes.</summary>
    ImageBytes,

    /// <summary>An image's address.</summary>
    ImageUrl,

    /// <summary>Audio.</summary>
    AudioBytes,

    /// <summary>A document's bytes, as PDF.</summary>
    DocumentBytes,

    /// <summary>A document's text.</summary>
    DocumentText,

    /// <summary>A document's address.</summary>
    DocumentUrl,

    /// <summary><see cref="Params.MaxTokens"/>.</summary>
    MaxTokens,

    /// <summary><see cref="Params.Temperature"/>.</summary>
    Temperature,

    /// <summary><see cref="Params.TopP"/>.</summary>
    TopP,

    /// <summary><see cref="Params.TopK"/>.</summary>
    TopK,

    /// <summary><see cref="Params.Seed"/>.</summary>
    Seed,

    /// <summary><see cref="Params.StopSequences"/>.</summary>
    StopSequences,

    /// <summary>What to cache, said by the caller: <see cref="Params.PromptCaching"/>.</summary>
    PromptCaching,

    /// <summary>The number of tokens of a call, beforehand.</summary>
    TokenCounting,

    /// <summary>A list of the provider's models.</summary>
    ModelListing,
}

/// <summary>What becomes of a feature that is asked for.</summary>
public abstract record Capability
{
    private Capability()
    {
    }

    /// <summary>The request says it.</summary>
    public sealed record Supported : Capability;

    /// <summary>Nothing has to be said: the model is so by itself.</summary>
    public sealed record Unsaid : Capability;

    /// <summary>The call goes on without it, with this warning.</summary>
    /// <param name="Warning">What the warning says.</param>
    public sealed record LeftOut(string Warning) : Capability;

    /// <summary>The call is refused before the wire.</summary>
    /// <param name="Reason">What is lacking.</param>
    /// <param name="Alternative">What to do instead; null where there is nothing.</param>
    public sealed record Refused(string Reason, string? Alternative) : Capability;
}
