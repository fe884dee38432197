// A history in the words of another model, and what is lost.
namespace Llm;

/// <summary>A history as another model will understand it, and what is lost on the way.</summary>
/// <param name="Messages">The messages, as many as before.</param>
/// <param name="Losses">What is not in them any more, in order.</param>
/// <example>
/// <code>
/// foreach (Loss loss in claude.Adapt(answer.Messages).Losses)
///     Console.WriteLine(loss);
/// </code>
/// </example>
public sealed record Adapted(IReadOnlyList<Message> Messages, IReadOnlyList<Loss> Losses);

/// <summary>What an adapted message has lost. Printing it prints one line for people.</summary>
/// <param name="MessageIndex">The place of the message in the history, from 0.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Description">One line for people.</param>
public sealed record Loss(int MessageIndex, LossKind Kind, string Description)
{
    /// <summary>The part that was lost; null for what stood in none.</summary>
    public AssistantPart? Part { get; init; }

    /// <summary>Where the message came from; null for one that the caller wrote.</summary>
    public Origin? Origin { get; init; }

    /// <summary>One line for people.</summary>
    public override string ToString() => Description;
}

/// <summary>What is lost when a history goes to another model.</summary>
public enum LossKind
{
    /// <summary>A readable thought. Not lost where the parameters ask for thoughts as text.</summary>
    Thought,

    /// <summary>The proof that a thought or a call is the model's own.</summary>
    Signature,

    /// <summary>Reasoning that only its provider can read.</summary>
    EncryptedReasoning,

    /// <summary>A thought that the provider hid.</summary>
    RedactedThought,

    /// <summary>What only its provider understands, such as the results of its own tools.</summary>
    ProviderPart,

    /// <summary>Audio; its transcript stays, as text.</summary>
    Audio,

    /// <summary>An image.</summary>
    Image,
}
