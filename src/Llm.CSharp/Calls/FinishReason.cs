// Why a model stopped, where it did not stop normally or to call tools.
namespace Llm;

/// <summary>The kinds of reasons to stop that all providers share.</summary>
public enum FinishReasonKind
{
    /// <summary>A reason of the provider's own; <see cref="FinishReason.Word"/> says which.</summary>
    Other,

    /// <summary>The limit on output tokens was reached; the answer is cut off.</summary>
    MaxTokens,

    /// <summary>The model or the provider's policy refused.</summary>
    Refusal,

    /// <summary>The context window was full.</summary>
    ContextLengthExceeded,
}

/// <summary>Why a model stopped. Where it stopped normally or to call tools there is none.</summary>
/// <example><c>if (response.FinishReason == FinishReason.MaxTokens) ...</c></example>
public sealed record FinishReason
{
    private FinishReason(FinishReasonKind kind, string word)
    {
        Kind = kind;
        Word = word;
    }

    /// <summary>The limit on output tokens was reached; the answer is cut off.</summary>
    public static FinishReason MaxTokens { get; } = new(FinishReasonKind.MaxTokens, "max_tokens");

    /// <summary>The model or the provider's policy refused.</summary>
    public static FinishReason Refusal { get; } = new(FinishReasonKind.Refusal, "refusal");

    /// <summary>The context window was full.</summary>
    public static FinishReason ContextLengthExceeded { get; } = new(FinishReasonKind.ContextLengthExceeded, "context_length_exceeded");

    /// <summary>A reason of the provider's own.</summary>
    /// <param name="word">The provider's word, such as <c>pause_turn</c>.</param>
    public static FinishReason Other(string word) => new(FinishReasonKind.Other, word);

    /// <summary>What kind of reason it is.</summary>
    public FinishReasonKind Kind { get; }

    /// <summary>The reason as one word: the provider's own where the kind is <see cref="FinishReasonKind.Other"/>.</summary>
    public string Word { get; }

    /// <summary>The word.</summary>
    public override string ToString() => Word;
}
