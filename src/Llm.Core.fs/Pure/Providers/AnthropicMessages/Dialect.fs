// To be written.
namespace Llm.Core

module internal AnthropicMessagesDialectStub =
    let private unused = ()
