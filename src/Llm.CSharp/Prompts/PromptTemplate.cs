// Templates of prompts: text with sections and holes, checked against the type of their input when they are read.
using Llm.Interop;

namespace Llm;

/// <summary>Something wrong with a template, and where.</summary>
/// <param name="Line">The line in the template's text, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
/// <param name="Reason">What is wrong there, and what to write instead.</param>
public sealed record TemplateError(int Line, int Column, string Reason);

/// <summary>A template is wrong, or does not fit its input's type. Fix the text.</summary>
/// <param name="message">One line an error.</param>
public sealed class TemplateException(string message) : LlmException(message)
{
    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<TemplateError> Errors { get; init; } = [];
}

/// <summary>Reads templates of prompts.</summary>
public static class PromptTemplate
{
    /// <summary>
    /// Reads a template for inputs of a type. A section begins at the start of a line with <c>SYSTEM:</c>, <c>USER:</c>, <c>ASSISTANT:</c> or
    /// <c>MESSAGES:</c>; text before the first, or without any, is the user's. Holes are filled by the input's properties (<c>{genre}</c>,
    /// <c>{author.name}</c>, <c>{price:F2}</c>), as lists (<c>:list</c>, <c>:lists</c>) or parts (<c>:image</c>, <c>:audio</c>, <c>:document</c>,
    /// <c>:text</c>, <c>:part</c> and their plurals); <c>{{</c> and <c>}}</c> are braces.
    /// </summary>
    /// <typeparam name="TInput">
    /// A record, a class or a dictionary; one thing, such as a text or an image, fills the holes of the one name that there is. With
    /// <see cref="object"/> the properties are those of each input.
    /// </typeparam>
    /// <param name="text">The template.</param>
    /// <exception cref="TemplateException">It is wrong, or names what the type has not.</exception>
    /// <example>
    /// <code>
    /// var recommend = PromptTemplate.Parse&lt;Wish&gt;("""
    ///     SYSTEM: You are a librarian.
    ///     USER: Recommend a {genre} book with a cover like {cover:image}.
    ///     """);
    /// Response answer = await recommend.With("openai/gpt-5").InvokeAsync(new Wish("fantasy", cover));
    /// </code>
    /// </example>
    public static PromptTemplate<TInput> Parse<TInput>(string text) => TryParse<TInput>(text).Value;

    /// <summary>As <see cref="Parse{TInput}"/>, with the error as a value.</summary>
    /// <typeparam name="TInput">What fills the holes.</typeparam>
    /// <param name="text">The template.</param>
    public static Result<PromptTemplate<TInput>> TryParse<TInput>(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TemplateHandle<TInput>.Parse(text).Match<Result<PromptTemplate<TInput>>>(
            handle => new PromptTemplate<TInput>(handle),
            error => error);
    }

    /// <summary>A template that says the text as it is, whatever braces, section words and space it holds.</summary>
    /// <param name="text">The text.</param>
    /// <example><c>PromptTemplate.Parse&lt;string&gt;("USER: {question}\n" + PromptTemplate.Escape(json))</c></example>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TemplateMapping.Escape(text);
    }
}

/// <summary>A template that fits inputs of a type. It never changes and may be shared by all threads.</summary>
/// <typeparam name="TInput">What fills its holes.</typeparam>
public sealed class PromptTemplate<TInput>
{
    private readonly TemplateHandle<TInput> _handle;

    internal PromptTemplate(TemplateHandle<TInput> handle) => _handle = handle;

    /// <summary>How the template asks the prompt to be cached, by <c>{:cache_control}</c>; null where it does not.</summary>
    public PromptCaching? Caching => _handle.Caching;

    /// <summary>What would be sent for this input.</summary>
    /// <param name="input">What fills the holes.</param>
    /// <exception cref="InvalidRequestException">A value cannot be said so, or there is nothing to say.</exception>
    public IReadOnlyList<Message> Messages(TInput input) => _handle.Messages(input).Value;

    /// <summary>The call of a model with this prompt, cached as the template says.</summary>
    /// <param name="model">Who answers.</param>
    public Call<TInput> With(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model asked = Caching is { } caching ? model.WithParams(model.Params with { PromptCaching = caching }) : model;
        return Call.Asking<TInput>(asked, input => Prompt.Of(_handle.Messages(input)));
    }
}
